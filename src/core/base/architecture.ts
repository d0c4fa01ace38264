/** The processor architectures that dvirt knows, as `uname -m` names them. */
export type Architecture = "x86_64" | "s390x" | "aarch64";
