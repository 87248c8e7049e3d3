/*
 * What the programs of this folder share: how they start, how they call the kernel, how they say what went wrong.
 * No libc, no allocation.
 */
#include <asm/unistd.h>
#include <linux/errno.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long word;

#define maybe __attribute__((unused))

#if defined(__x86_64__)
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}
__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
#elif defined(__aarch64__)
static long call(long number, word a, word b, word c, word d, word e, word f) {
  register long x8 __asm__("x8") = number;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  register word x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return (long)x0;
}
__asm__(".globl _start\n_start:\n mov x0, sp\n bl begin\n");
#else
#error "these programs are built for x86_64 and aarch64"
#endif

static maybe void quit(int code) {
  for (;;) call(__NR_exit_group, (word)code, 0, 0, 0, 0, 0);
}

static maybe void write_all(int fd, const u8 *bytes, u32 length) {
  while (length > 0) {
    long wrote = call(__NR_write, (word)fd, (word)bytes, length, 0, 0, 0);
    if (wrote == -EINTR || wrote == -EAGAIN) continue;
    if (wrote <= 0) return; /* nobody listens any more */
    bytes += wrote;
    length -= (u32)wrote;
  }
}

static maybe void say(const char *text) {
  u32 length = 0;
  while (text[length] != 0) length++;
  write_all(2, (const u8 *)text, length);
}

/* In decimal, with a zero at the end; its length. */
static maybe u32 write_number(char *to, u32 number) {
  char digits[11];
  u32 count = 0, at = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) to[at++] = digits[--count];
  to[at] = 0;
  return at;
}

static maybe void say_number(u32 number) {
  char text[12];
  write_number(text, number);
  say(text);
}

/* Milliseconds that only grow. */
static maybe long now(void) {
  struct { long seconds, nanoseconds; } time = {0, 0};
  call(__NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, (word)&time, 0, 0, 0, 0);
  return time.seconds * 1000 + time.nanoseconds / 1000000;
}
