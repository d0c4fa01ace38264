/*
 * Preloaded into QEMU at L0 of the mainframe that Hercules emulates. It speaks for KVM in two places, and passes on
 * everything else.
 *
 * QEMU 7.2 starts no guest where KVM_CHECK_EXTENSION(KVM_CAP_S390_COW) is 0, which the kernel answers where the machine
 * lacks the enhanced suppression-on-protection facility. That facility says more about a write to a protected page
 * than Hercules does; guests were seen to run without it.
 *
 * Hercules shows the guest its own facilities, the configuration topology among them, whatever QEMU and KVM offer. Linux
 * then asks every minute whether the topology has changed (PTF, function 2), neither KVM nor QEMU knows the
 * instruction, and the guest dies of an operation exception in its timer. The answer here is condition code 0: no change.
 */
enum {
  KVM_CHECK_EXTENSION = 0xae03,
  KVM_CREATE_VCPU = 0xae41,
  KVM_RUN = 0xae80,
  KVM_CAP_S390_COW = 79,
  KVM_EXIT_S390_SIEIC = 13,
  INTERCEPTED_INSTRUCTION = 4,
  PTF = 0xb9a2,
  CHECK_TOPOLOGY_CHANGE = 2,
  SYS_IOCTL = 54,
  PROT_READ_WRITE = 3,
  MAP_SHARED = 1,
  PAGE = 4096,
  DESCRIPTORS = 1024,
};

/* The beginning of struct kvm_run on s390x, from Linux's include/uapi/linux/kvm.h and asm/kvm.h. */
struct kvm_run {
  unsigned char in[8];
  unsigned int exit_reason;
  unsigned char out[20];
  unsigned long psw_mask, psw_addr;
  union {
    struct {
      unsigned char code;
      unsigned short instruction;
      unsigned int operands;
    } sie;
    unsigned char size[256];
  } exit;
  unsigned long valid_registers, dirty_registers, prefix;
  unsigned long general_registers[16];
};

long syscall(long number, ...);
void *mmap(void *address, unsigned long length, int protection, int flags, int descriptor, long offset);

static struct kvm_run *runs[DESCRIPTORS];

static int asks_for_topology(const struct kvm_run *run) {
  return run->exit_reason == KVM_EXIT_S390_SIEIC && run->exit.sie.code == INTERCEPTED_INSTRUCTION &&
         run->exit.sie.instruction == PTF &&
         (run->general_registers[run->exit.sie.operands >> 20 & 15] & 255) == CHECK_TOPOLOGY_CHANGE;
}

int ioctl(int descriptor, unsigned long request, void *argument) {
  if (request == KVM_CHECK_EXTENSION && (long)argument == KVM_CAP_S390_COW) return 1;
  for (;;) {
    const int answer = (int)syscall(SYS_IOCTL, descriptor, request, argument);
    if (request == KVM_CREATE_VCPU && answer >= 0 && answer < DESCRIPTORS) {
      void *run = mmap(0, PAGE, PROT_READ_WRITE, MAP_SHARED, answer, 0);
      runs[answer] = run == (void *)-1 ? 0 : run;
    }
    if (request != KVM_RUN || answer != 0 || descriptor >= DESCRIPTORS) return answer;
    struct kvm_run *run = runs[descriptor];
    if (run == 0 || !asks_for_topology(run)) return answer;
    run->psw_mask &= ~(3UL << 44);
  }
}
