import type { Command } from "../base/command.ts";

/**
 * In counted time the host may say nothing to the machines between a workload's start and its end: what it says arrives
 * when the host's speed has it so, and moves what the machines do against their timers. So this waits for the end of
 * its input, which is the last that the host sends; begins at a whole second of the machine's clock, so that timers lie alike in
 * every trial; keeps what the workload prints until it has ended; and ends it at the limit by the machine's own clock.
 */
const SEAL = `
use Time::HiRes qw(clock_gettime clock_nanosleep CLOCK_REALTIME TIMER_ABSTIME);
my ($limit, @command) = @ARGV;
1 while <STDIN>;
my @kept = map { open my $file, "+>", "/run/dvirt/sealed.$_" or die "no file for what the workload prints: $!"; $file } 1, 2;
my $begin = 1 + int(clock_gettime(CLOCK_REALTIME) + 0.2);
defined(my $child = fork) or die "no process: $!";
if ($child == 0) {
  setpgrp 0, 0;
  open STDOUT, ">&", $kept[0];
  open STDERR, ">&", $kept[1];
  clock_nanosleep(CLOCK_REALTIME, $begin * 1e9, TIMER_ABSTIME);
  exec { $command[0] } @command;
  print STDERR "$command[0]: $!\\n";
  exit 127;
}
my $late;
$SIG{ALRM} = sub { $late = 1; kill "KILL", -$child };
alarm($limit + 2);
1 until waitpid($child, 0) == $child;
my $status = $?;
for my $to (0, 1) {
  seek $kept[$to], 0, 0;
  while (sysread $kept[$to], my $part, 65536) { print { $to ? *STDERR : *STDOUT } $part }
}
print STDERR "ended after $limit s by the machine's own clock\\n" if $late;
exit($late ? 124 : $status & 127 ? 128 + ($status & 127) : $status >> 8);
`;

/** How long the host waits for what has a limit of its own, in seconds for each of its own: only a machine that stands still takes so long. */
const HOST_SECONDS = 60;

/** The command, sealed off from the host until it has ended. */
export function sealed(command: Command): Command {
  const { argv, timeoutSeconds } = command;
  return {
    argv: ["perl", "-e", SEAL, String(timeoutSeconds), ...argv],
    timeoutSeconds: timeoutSeconds * HOST_SECONDS,
  };
}
