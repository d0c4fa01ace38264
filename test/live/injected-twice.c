/*
 * A program without an operating system that shows whether QEMU's TCG delivers an injected interrupt twice
 * (docs/adr/0008-injected-twice.md). It enters a guest of SVM 2,000 times, each time with an injected interrupt, whose
 * handler counts, works on with interrupts off, and leaves the guest. A timer ends now and then meanwhile.
 * It prints "entries N deliveries N timers N" on the serial line; deliveries above entries came twice.
 */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { ENTRIES = 2000, INJECTED = 0x30, TIMER = 0x41, CODE = 0x08, DATA = 0x10 };
enum { MSR_EFER = 0xc0000080, EFER_SVME = 1 << 12, MSR_HSAVE = 0xc0010117, EXIT_VMMCALL = 0x81 };

__asm__(".text\n"
        ".align 4\n.long 0x1badb002, 0, -0x1badb002\n"
        ".text\n.globl start\nstart:\n"
        "  mov $stack_top, %esp\n  call main\n1: hlt\n  jmp 1b\n"
        /* In the guest: entered by the injected interrupt, left by VMMCALL. */
        "injected:\n  incl deliveries\n  mov $4000, %ecx\n2: dec %ecx\n  jnz 2b\n  vmmcall\n"
        "idle:\n  jmp idle\n"
        /* In the host: the timer's interrupt. */
        "timer:\n  incl timers\n  movl $0, 0xfee000b0\n  iret\n"
        ".bss\n.align 16\n.space 16384\nstack_top:\n.space 16384\nguest_stack_top:\n.text\n");

extern char injected[], idle[], timer[], guest_stack_top[];
volatile u32 deliveries, timers;
static u8 vmcb[4096] __attribute__((aligned(4096))), hsave[4096] __attribute__((aligned(4096)));
static u64 gdt[3] = {0, 0x00cf9b000000ffffULL, 0x00cf93000000ffffULL};
static u64 idt[256];

static void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }

static void wrmsr(u32 msr, u64 value) { __asm__ volatile("wrmsr" ::"c"(msr), "A"(value)); }

static u64 rdmsr(u32 msr) {
  u64 value;
  __asm__ volatile("rdmsr" : "=A"(value) : "c"(msr));
  return value;
}

static void apic(u32 reg, u32 value) { *(volatile u32 *)(0xfee00000 + reg) = value; }

static void gate(int vector, void *handler) {
  u32 at = (u32)handler;
  idt[vector] = (u64)(at & 0xffff0000) << 32 | 0x8e00ULL << 32 | CODE << 16 | (at & 0xffff);
}

static void say(const char *text) {
  while (*text) out(0x3f8, *text++);
}

static void number(u32 value) {
  char digits[11];
  int at = 10;
  digits[at] = 0;
  do digits[--at] = '0' + value % 10;
  while (value /= 10);
  say(digits + at);
}

static void put(int offset, u64 value, int bytes) {
  for (int at = 0; at < bytes; at++) vmcb[offset + at] = value >> 8 * at;
}

static void segment(int offset, u16 selector, u16 attributes) {
  put(offset, selector, 2);
  put(offset + 2, attributes, 2);
  put(offset + 4, 0xffffffff, 4);
}

void main(void) {
  struct { u16 limit; u32 base; } __attribute__((packed)) table = {sizeof gdt - 1, (u32)gdt};
  __asm__ volatile("lgdt %0\n ljmp $8, $1f\n1: mov %w1, %%ds\n mov %w1, %%es\n mov %w1, %%ss\n" ::"m"(table), "r"(DATA));
  gate(INJECTED, injected);
  gate(TIMER, timer);
  table.limit = sizeof idt - 1;
  table.base = (u32)idt;
  __asm__ volatile("lidt %0" ::"m"(table));

  wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
  wrmsr(MSR_HSAVE, (u32)hsave);
  out(0x21, 0xff); /* both interrupt controllers of 1981 keep still */
  out(0xa1, 0xff);
  apic(0xf0, 0x1ff);
  apic(0x3e0, 0xb);
  apic(0x320, TIMER);

  put(0x010, 3, 4); /* VMRUN and VMMCALL leave the guest */
  put(0x058, 1, 4);
  segment(0x400, DATA, 0xc93);
  segment(0x410, CODE, 0xc9b);
  segment(0x420, DATA, 0xc93);
  segment(0x430, DATA, 0xc93);
  put(0x464, sizeof gdt - 1, 4);
  put(0x468, (u32)gdt, 8);
  put(0x484, sizeof idt - 1, 4);
  put(0x488, (u32)idt, 8);
  put(0x4d0, EFER_SVME, 8);
  put(0x558, 0x11, 8);
  put(0x560, 0x400, 8);
  put(0x568, 0xffff0ff0, 8);

  u32 entries = 0;
  for (; entries < ENTRIES; entries++) {
    put(0x570, 0x202, 8); /* interrupts on, as in a guest at work */
    put(0x578, (u32)idle, 8);
    put(0x5d8, (u32)guest_stack_top, 8);
    put(0x0a8, 0x80000000 | INJECTED, 8);
    apic(0x380, 1000 + entries * 7919 % 20000);
    __asm__ volatile("push %%ebp\n vmrun %%eax\n pop %%ebp\n stgi\n sti\n nop\n nop\n cli\n" ::"a"(vmcb)
                     : "ebx", "ecx", "edx", "esi", "edi", "memory");
    u32 code = *(u32 *)(vmcb + 0x070);
    if (code != EXIT_VMMCALL) {
      say("left the guest for ");
      number(code);
      say("\n");
      break;
    }
  }
  say("entries ");
  number(entries);
  say(" deliveries ");
  number(deliveries);
  say(" timers ");
  number(timers);
  say("\n");
  out(0xf4, 0);
}
