/*
 * Preloaded into QEMU at L0 of the mainframe that Hercules emulates: answers one question that QEMU asks of KVM, and
 * passes on everything else. QEMU 7.2 starts no guest where KVM_CHECK_EXTENSION(KVM_CAP_S390_COW) is 0, which the
 * kernel answers where the machine lacks the enhanced suppression-on-protection facility. That facility says more
 * about a write to a protected page than Hercules does; guests were seen to run without it.
 */
enum { KVM_CHECK_EXTENSION = 0xae03, KVM_CAP_S390_COW = 79, SYS_IOCTL = 54 };

long syscall(long number, ...);

int ioctl(int descriptor, unsigned long request, void *argument) {
  if (request == KVM_CHECK_EXTENSION && (long)argument == KVM_CAP_S390_COW) return 1;
  return (int)syscall(SYS_IOCTL, descriptor, request, argument);
}
