/*
 * probe NAME BATCHES EVENTS: times one thing that the layers of virtualization make dearer, in batches.
 *
 *   exit-cost   something that a hypervisor always takes over
 *               x86_64: CPUID. Under VMX it always exits; under SVM KVM asks for it.
 *               s390x: a read of /proc/sysinfo, in which the kernel executes STSI several times. SIE leaves for each;
 *               no instruction that SIE always leaves for may be executed by a program.
 *               aarch64: a read of the processor's cycle counter through perf. KVM traps the counter's registers;
 *               what a program may read by itself of ID registers, the kernel answers without leaving.
 *   syscall     getppid
 *   page-fault  the first touch of fresh pages of anonymous memory, huge pages turned off
 *
 * Per batch it prints `batch NANOSECONDS TICKS LOOP_NANOSECONDS LOOP_TICKS`: EVENTS events, then the same loop
 * without the event (for exit-cost on s390x and aarch64 with a like read that makes nobody leave; for page-fault over
 * the same pages again). Ticks are those of the processor's own counter; 0 where a program may not read one.
 * No C library: one file of a few kilobytes that is the same at every level and starts in no time.
 */
typedef unsigned long word;

#if defined __x86_64__
enum { SYS_WRITE = 1, SYS_MMAP = 9, SYS_MUNMAP = 11, SYS_MADVISE = 28,
       SYS_GETPPID = 110, SYS_CLOCK = 228, SYS_EXIT = 231 };
#define ARCHITECTURE "x86_64"
#define COUNTER "tsc"
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call run\n");
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
static word ticks(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (word)high << 32 | low;
}
#elif defined __s390x__
enum { SYS_WRITE = 4, SYS_OPEN_AT = 288, SYS_READ_AGAIN = 180 /* pread */, SYS_MMAP = 90, SYS_MUNMAP = 91,
       SYS_MADVISE = 219, SYS_GETPPID = 64, SYS_CLOCK = 260, SYS_EXIT = 248 };
#define ARCHITECTURE "s390x"
#define COUNTER "none"
__asm__(".globl _start\n_start: lgr %r2, %r15\n aghi %r15, -160\n brasl %r14, run\n");
static long call(long number, word a, word b, word c, word d, word e, word f) {
  if (number == SYS_MMAP) { /* this architecture's old call: one pointer to the six arguments */
    word all[6] = {a, b, c, d, e, f};
    register word r1 __asm__("1") = number;
    register word r2 __asm__("2") = (word)all;
    __asm__ volatile("svc 0" : "+d"(r2) : "d"(r1) : "memory", "cc");
    return r2;
  }
  register word r1 __asm__("1") = number;
  register word r2 __asm__("2") = a;
  register word r3 __asm__("3") = b;
  register word r4 __asm__("4") = c;
  register word r5 __asm__("5") = d;
  register word r6 __asm__("6") = e;
  __asm__ volatile("svc 0" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4), "d"(r5), "d"(r6) : "memory", "cc");
  return r2;
}
static word ticks(void) { return 0; }
#elif defined __aarch64__
enum { SYS_READ_AGAIN = 63 /* perf has no positions */, SYS_WRITE = 64, SYS_MMAP = 222, SYS_MUNMAP = 215,
       SYS_MADVISE = 233, SYS_GETPPID = 173, SYS_CLOCK = 113, SYS_EXIT = 94, SYS_PERF = 241 };
#define ARCHITECTURE "aarch64"
#define COUNTER "cntvct"
__asm__(".globl _start\n_start: mov x0, sp\n bl run\n");
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register word x8 __asm__("x8") = number;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  register word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
static word ticks(void) {
  word count;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
}
#endif

static word length(const char *text) {
  word count = 0;
  while (text[count] != 0) count++;
  return count;
}

static int same(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  return *a == *b;
}

static void say(const char *text) { call(SYS_WRITE, 1, (word)text, length(text), 0, 0, 0); }

static void say_number(word value) {
  char text[24];
  char *at = text + sizeof text;
  *--at = 0;
  do *--at = '0' + value % 10;
  while ((value /= 10) != 0);
  say(at);
}

static word number_in(const char *text) {
  word value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (*text - '0');
  return value;
}

__attribute__((noreturn)) static void leave(word code) {
  for (;;) call(SYS_EXIT, code, 0, 0, 0, 0, 0);
}

__attribute__((noreturn)) static void fail(const char *why) {
  call(SYS_WRITE, 2, (word)why, length(why), 0, 0, 0);
  call(SYS_WRITE, 2, (word)"\n", 1, 0, 0, 0);
  leave(1);
}

static word nanoseconds(void) {
  volatile struct { word seconds, nanoseconds; } now;
  enum { MONOTONIC = 1 };
  if (call(SYS_CLOCK, MONOTONIC, (word)&now, 0, 0, 0, 0) != 0) fail("probe: no clock");
  return now.seconds * 1000000000UL + now.nanoseconds;
}

static void nothing(word events) {
  for (word i = 0; i < events; i++) __asm__ volatile("" ::: "memory");
}

static void system_calls(word events) {
  for (word i = 0; i < events; i++) call(SYS_GETPPID, 0, 0, 0, 0, 0, 0);
}

#if defined __x86_64__
#define EXIT_EVENT "CPUID"
static void prepare_exits(void) {}
static void exits(word events) {
  for (word i = 0; i < events; i++) {
    unsigned leaf = 0;
    __asm__ volatile("cpuid" : "+a"(leaf) : : "rbx", "rcx", "rdx", "memory");
  }
}
static void like_exits(word events) { nothing(events); }
#else
/* The two files of exit-cost: one whose reading makes the kernel leave, one like it whose reading does not. */
static long leaving_file, staying_file;
static char answer[8192];

static void reads_of(long file, word events) {
  for (word i = 0; i < events; i++)
    if (call(SYS_READ_AGAIN, file, (word)answer, sizeof answer, 0, 0, 0) <= 0) fail("probe: a file cannot be read again");
}

static void exits(word events) { reads_of(leaving_file, events); }
static void like_exits(word events) { reads_of(staying_file, events); }
#if defined __s390x__
#define EXIT_EVENT "a read of /proc/sysinfo (STSI)"
static long opened(const char *path) {
  enum { WORKING_FOLDER = -100 };
  long file = call(SYS_OPEN_AT, WORKING_FOLDER, (word)path, 0, 0, 0, 0);
  if (file < 0) fail("probe: /proc/sysinfo or /proc/version cannot be opened");
  return file;
}
static void prepare_exits(void) {
  leaving_file = opened("/proc/sysinfo");
  staying_file = opened("/proc/version");
}
#else
#define EXIT_EVENT "a read of the cycle counter by perf"
/* struct perf_event_attr of the kernel's first version: 64 bytes. */
static long counter_of(unsigned type, word config) {
  static unsigned attributes[16];
  attributes[0] = type;
  attributes[1] = sizeof attributes;
  attributes[2] = config;
  attributes[3] = config >> 32;
  long file = call(SYS_PERF, (word)attributes, 0, -1, -1, 0, 0);
  if (file < 0) fail("probe: this machine has no cycle counter that perf may read");
  return file;
}
static void prepare_exits(void) {
  enum { HARDWARE = 0, CPU_CYCLES = 0, SOFTWARE = 1, TASK_CLOCK = 1 };
  leaving_file = counter_of(HARDWARE, CPU_CYCLES);
  staying_file = counter_of(SOFTWARE, TASK_CLOCK);
}
#endif
#endif

enum { PAGE = 4096 };
static word pages;

static void fresh_pages(word events) {
  enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22, NO_HUGE_PAGE = 15 };
  long at = call(SYS_MMAP, 0, events * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
  if (at < 0 && at > -PAGE) fail("probe: no memory");
  pages = at;
  call(SYS_MADVISE, pages, events * PAGE, NO_HUGE_PAGE, 0, 0, 0); /* refused where the kernel has none: as well */
}

static void touches(word events) {
  for (word i = 0; i < events; i++) *(volatile char *)(pages + i * PAGE) = 1;
}

static void timed(void (*loop)(word), word events) {
  word from = nanoseconds();
  word from_ticks = ticks();
  loop(events);
  word ticks_taken = ticks() - from_ticks;
  word taken = nanoseconds() - from;
  say(" ");
  say_number(taken);
  say(" ");
  say_number(ticks_taken);
}

__attribute__((noreturn, used)) void run(const word *stack) {
  if (stack[0] != 4) fail("usage: probe exit-cost|syscall|page-fault BATCHES EVENTS");
  const char *name = (const char *)stack[2];
  word batches = number_in((const char *)stack[3]), events = number_in((const char *)stack[4]);
  int faults = same(name, "page-fault");
  void (*event)(word) = faults ? touches : same(name, "syscall") ? system_calls : same(name, "exit-cost") ? exits : 0;
  void (*loop)(word) = faults ? touches : event == exits ? like_exits : nothing;
  if (event == 0) fail("probe: no such probe");
  if (event == exits) prepare_exits();
  say("probe ");
  say(name);
  say("\narchitecture " ARCHITECTURE "\ncounter " COUNTER "\nevent ");
  say(faults ? "first touch of a page" : event == exits ? EXIT_EVENT : "getppid");
  say("\nevents per batch ");
  say_number(events);
  say("\n");
  for (word i = 0; i < batches; i++) {
    if (faults) fresh_pages(events);
    say("batch");
    timed(event, events);
    timed(loop, events);
    say("\n");
    if (faults) call(SYS_MUNMAP, pages, events * PAGE, 0, 0, 0, 0);
  }
  leave(0);
}
