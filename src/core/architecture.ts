/** What processors a machine here can have, as `uname -m` says it. */
export type Architecture = "x86_64" | "s390x" | "aarch64";
