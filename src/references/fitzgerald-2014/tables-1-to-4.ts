import type { PublishedTable } from "../../core/published/published.ts";

/** Tables 1 to 4 as printed. */
export const TABLES_1_TO_4: readonly PublishedTable[] = [
  {
    number: 1,
    caption: "Hardware Configuration",
    head: ["Component", "IBM zEnterprise EC12-H89", "IBM System x3200 M3"],
    rows: [
      ["Architecture", "S390x", "x86_64"],
      ["Processor Model", "IBM zEC12", "Intel Xeon X3440"],
      ["Processor Cores per Socket", "6", "4"],
      ["Processor Cores In-Use", "4", "4"],
      ["Hyperthreading Available/In-Use", "No/No", "Yes/No"],
      [
        "Highest Level Cache",
        "48 MB L3, shared among all cores on socket 384 MB L4, shared among 6 sockets",
        "8 MB L3, shared among all cores on socket",
      ],
      ["System Memory", "16 GB", "16 GB"],
      [
        "Fixed Disks",
        "7x IBM 3390-9 (7.93 GB each) – Holds z/VM system 2x IBM 3390-54 (51.86 GB each) – Holds Linux system",
        "Western Digital WD RE3 XL320S (250 GB)",
      ],
    ],
  },
  {
    number: 2,
    caption: "L₀ System Configurations",
    head: ["Component", "IBM zEnterprise EC12-H89", "IBM System x3200 M3"],
    rows: [
      ["Linux Distribution", "Debian 7.6 “Wheezy” (s390x)", "Debian 7.6 “Wheezy” (x86_64)"],
      ["Linux Kernel", "Custom 3.2.60 SMP s390x GNU/Linux", "Custom 3.2.60 SMP x86_64 GNU/Linux"],
      ["Linux Swap Size", "8 GB", "8 GB"],
      ["Linux Root Partition Size", "34 GB (ext3)", "36 GB (ext3)"],
      ["Linux Scratch Partition Size", "41 GB (ext3, /mnt/test1)", "42 GB (ext3, /mnt/test1)"],
      ["Linux Other Partition Size", "N/A", "146 GB (ext3, /mnt/vmdisk)"],
      ["Hypervisor Software", "z/VM 6.3.0, Service Level 1401", "KVM 1.1.2"],
      ["Available Hypervisor Paging", "7.93 GB (IBM 3390-9)", "See “Linux Swap Size”"],
      ["Available Hypervisor Guest Storage", "23.79 GB (3x IBM 3390-9)", "See “Linux Other Partition Size”"],
    ],
  },
  {
    number: 3,
    caption: "SysBench Performance Tests Utilized",
    head: [
      "Test Name",
      "Test Function",
      "Transactional Operation",
      "Number of Transactions",
      "Fixed Execution Time",
    ],
    rows: [
      ["cpu", "CPU load driver", "Calculate all prime numbers from 0 to 20,000", "10,000", "N/A"],
      [
        "threads",
        "Thread scheduler exerciser, spawns 64 threads to compete for the same pool of 8 mutex locks",
        "Perform 1,000 lock/yield/unlock loops on a contended mutex",
        "10,000",
        "N/A",
      ],
      [
        "memory (write)",
        "Memory thrasher",
        "Perform contiguous writes to all of guest memory",
        "10,000",
        "N/A",
      ],
      [
        "memory (read)",
        "Memory thrasher",
        "Perform contiguous reads from all of guest memory",
        "10,000",
        "N/A",
      ],
      [
        "oltp",
        "Transactional database load driver, using a MySQL database with 1,000,000 rows of data",
        "Randomly perform one of the “advanced transactional” database operations described in [13]",
        "N/A",
        "30 minutes",
      ],
    ],
  },
  {
    number: 4,
    caption: "Key to SysBench Test Results Tables",
    head: ["Symbol", "Meaning"],
    rows: [
      ["D_virt", "Degree of Virtualization"],
      ["TPSec", "Transactional Throughput: transactions/second"],
      [
        "ΔL(n-1)",
        'Relative change in measurement with respect to its value at the previous degree of virtualization. "Measurement" will either be transactional throughput or application response time.',
      ],
      ["StdErr", "Standard Error of the Mean"],
    ],
  },
];
