/** No C library and nothing of the building machine: the program depends on its source and the compiler alone. */
const FLAGS =
  "-std=gnu11 -O2 -ffreestanding -fno-stack-protector -fno-pie -no-pie -static -nostdlib -fno-tree-loop-distribute-patterns -Wl,--build-id=none -s";

/** A line of shell that makes the probes' program; both names as the shell is to read them. */
export function compileProbes(compiler: string, source: string, program: string): string {
  return `${compiler} ${FLAGS} -o ${program} ${source}`;
}

/** The Debian package that brings a compiler: the machine's own has no architecture in its name. */
export function compilerPackage(compiler: string, own: boolean): string {
  const [, architecture = ""] = /^(\w+)-linux-gnu-gcc$/.exec(compiler) ?? [];
  return own ? "gcc" : `gcc-${architecture.replaceAll("_", "-")}-linux-gnu`;
}
