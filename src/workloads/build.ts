import { z } from "zod";
import { defineWorkload, trialLimitSeconds } from "../core/study/workload.ts";
import { executed, parseExecutions, renderExecutions } from "./executions.ts";

const params = z.strictObject({
  /** Source files, each of ten functions. */
  files: z.int().min(1).max(10_000).default(20),
  jobs: z.int().min(1).max(1024).default(1),
  /** Measured, one after the other, in each trial. */
  executions: z.int().min(1).max(1000).default(1),
});

type Params = z.infer<typeof params>;

const FOLDER = "/run/dvirt/build"; // where only root can write

/** A compiler over sources that are made for it: processes that start, page faults, computing. */
export const build = defineWorkload({
  name: "build",
  about: "C sources compiled by make and gcc: processes, page faults, computing",
  needs: ["bash", "gcc", "make"],
  packages: ["gcc", "make", "libc6-dev"],
  params,
  prepare: (p) => [
    { argv: ["sh", "-c", SOURCES, "build-sources", FOLDER, String(p.files)], timeoutSeconds: 300 },
    // Once before: compiler and sources are then in memory.
    { argv: made(p, 1), timeoutSeconds: trialLimitSeconds(guess(p)) },
  ],
  argv: (p) => made(p, p.executions),
  cleanup: () => [{ argv: ["rm", "-rf", FOLDER], timeoutSeconds: 60 }],
  parse: parseExecutions,
  guessSeconds: guess,
  render: (p, truth) => renderExecutions(p.executions, truth),
});

function guess({ files, executions }: Params): number {
  return (executions + 1) * (1 + files * 0.3);
}

function made({ jobs }: Params, executions: number): readonly string[] {
  return executed({
    run: ["make", "-s", "-C", FOLDER, "-j", String(jobs)],
    prepare: `make -s -C ${FOLDER} clean`,
    executions,
  });
}

/** $1 the folder, $2 the number of files. The same bytes everywhere; each file differs from its neighbours. */
const SOURCES = `
set -eu
rm -rf "$1"
mkdir -p "$1"
cd "$1"
file=0
while [ $file -lt "$2" ]; do
  {
    echo '#include <stdio.h>'
    echo '#include <stdlib.h>'
    echo '#include <string.h>'
    function=0
    while [ $function -lt 10 ]; do
      cat <<SOURCE
static int order_\${function}(const void *a, const void *b) { return *(const int *)a - *(const int *)b + $file * 0; }
int work_\${file}_\${function}(int n) {
  int *v = malloc(sizeof(int) * (n + $function + 1)), sum = $file;
  for (int i = 0; i < n; i++) {
    v[i] = (i * 2654435761u + $file * 31 + $function) % 1000003;
    switch (v[i] % 5) {
    case 0: sum += v[i]; break;
    case 1: sum ^= v[i] << 1; break;
    case 2: sum -= v[i] / 3; break;
    case 3: sum += i * $function; break;
    default: sum = sum * 7 + 1;
    }
  }
  qsort(v, n, sizeof(int), order_\${function});
  for (int i = 1; i < n; i++) if (v[i] == v[i - 1]) sum++;
  char text[64];
  snprintf(text, sizeof text, "%d of %d", sum, n);
  sum += strlen(text);
  free(v);
  return sum;
}
SOURCE
      function=$((function + 1))
    done
  } >"part_$file.c"
  file=$((file + 1))
done
{
  echo '#include <stdio.h>'
  file=0
  while [ $file -lt "$2" ]; do echo "int work_\${file}_0(int);"; file=$((file + 1)); done
  echo 'int main(void) { int sum = 0;'
  file=0
  while [ $file -lt "$2" ]; do echo "sum += work_\${file}_0(100);"; file=$((file + 1)); done
  echo 'printf("%d", sum); return 0; }'
} >main.c
cat >Makefile <<'MAKE'
OBJECTS := $(patsubst %.c,%.o,$(wildcard *.c))
CFLAGS := -O2
program: $(OBJECTS)
	gcc -o $@ $^
%.o: %.c
	gcc $(CFLAGS) -c -o $@ $<
clean:
	rm -f program *.o
.PHONY: clean
MAKE
`;
