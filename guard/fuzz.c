/*
 * Throws garbage at names.h, and watches that it reads and writes nothing but what is its own. For whoever changes it:
 *
 *     gcc -g -O1 -fsanitize=address,undefined guard/fuzz.c -o /tmp/fuzz && /tmp/fuzz [rounds] [seed]
 *
 * Messages are whole ones that were changed in a few places, as questions, as answers and as orders. The kernel is played:
 * sockets are numbers, what is sent is checked for what it must never be, nothing is opened that is forbidden.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <asm/unistd.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long word;

static unsigned long rounds_done, replies, questions_sent, opened_addresses;
static long call(long number, word a, word b, word c, word d, word e, word f);
static long now(void) { return (long)rounds_done; }
static void die(const char *why) { fprintf(stderr, "round %lu: %s\n", rounds_done, why); abort(); }

#pragma GCC diagnostic ignored "-Wunused-function"
#include "names.h"

static u32 exchange(int fd, u8 *messages, u32 length, u32 *answered) {
  (void)fd;
  u32 ip = four(messages + order.address_at[0]);
  if (length != order.opening) die("not the opening that was ordered");
  if (ip >> 24 == 10 || ip >> 24 == 127) die("an address was opened that is forbidden");
  opened_addresses++;
  *answered = 0;
  return rand() % 50 == 0 ? ENFILE : 0;
}

static long call(long number, word a, word b, word c, word d, word e, word f) {
  static int next = 100;
  (void)d, (void)e, (void)f;
  if (number == __NR_socket) return rand() % 100 == 0 ? -EMFILE : next++;
  if (number == __NR_getrandom) return *(u16 *)a = 0, (long)b; /* what the answers below have */
  if (number == __NR_write) {
    if (!is_named((const u8 *)b + HEADER, name_length((const u8 *)b + HEADER, (u32)c - HEADER))) die("a question leaves for a name that is not allowed");
    return questions_sent++, (long)c;
  }
  if (number == __NR_sendto) {
    if (c > HEADER + NAME_MOST + 4 + ADDRESSES * 16) die("an answer is too long");
    replies++;
  }
  return 0;
}

static const u8 ordered_names[] = "\0\3api\7example\3org\0\1\3cdn\3net";
static const u8 good[][64] = {
  "\0\0\1\0\0\1\0\0\0\0\0\0\3api\7example\3org\0\0\1\0\1", "\0\0\1\0\0\1\0\0\0\0\0\0\1a\3CDN\3net\0\0\1\0\1", "\0\0\1\0\0\1\0\0\0\0\0\0\3web\0\0\1\0\1",
};
static const u8 records[] = "\300\14\0\5\0\1\0\0\1\54\0\6\3cdn\300\30\300\55\0\1\0\1\0\0\1\54\0\4\13\115\5\144\300\55\0\1\0\1\0\0\1\54\0\4\12\1\1\1";

static u32 spoil(u8 *bytes, u32 length, u32 room) {
  for (int times = rand() % 4; times > 0; times--) bytes[(u32)rand() % length] = (u8)(rand() % 3 ? rand() : rand() % 2 ? 0xc0 : 0xff);
  if (rand() % 8 == 0) length = (u32)rand() % (length + 1);
  if (rand() % 16 == 0) while (length < room && rand() % 200) bytes[length++] = (u8)rand();
  return length;
}

/* From memory of just that size, so that one byte beyond is seen. */
static u8 *exact(const u8 *bytes, u32 length) {
  return memcpy(malloc(length + !length), bytes, length);
}

static void one_round(const u8 *good_order, u32 order_length) {
  u8 bytes[4096] = {0};
  struct address asker = {AF_INET, 1, 0x0100007f, {0}};
  u32 which = (u32)rand() % 3, length = HEADER + name_length(good[which] + HEADER, 52) + 4;
  memcpy(bytes, good[which], length);
  if (rand() % 64 == 0) {
    u32 size = order_length;
    u8 *new = memcpy(calloc(1, order_length + 4096), good_order, order_length);
    size = spoil(new, size, order_length + 4096);
    u8 *same = exact(new, size);
    take_order(same, size);
    take_services(same, size);
    free(same), free(new);
    if (take_order(good_order, order_length) != 0 || take_services((const u8 *)"\13\1\1\1\3web", 9) != 0) die("a good order was refused");
  }
  if (rand() % 3) length = spoil(bytes, length, 600);
  u8 *question = exact(bytes, length);
  judge_question(&asker, question, length);
  free(question);
  for (struct asked *one = asked; one < asked + ASKED_AT_ONCE; one++) {
    if (one->fd <= 0 || rand() % 4 == 0) continue;
    u32 end = HEADER + one->length;
    memset(bytes, 0, sizeof bytes);
    bytes[2] = 0x81, bytes[3] = 0x80, bytes[5] = 1, bytes[7] = 3;
    memcpy(bytes + HEADER, one->question, one->length);
    memcpy(bytes + end, records, sizeof records - 1);
    end = spoil(bytes, end + sizeof records - 1, sizeof bytes);
    u8 *answer = exact(bytes, end);
    judge_answer(one, answer, end);
    free(answer);
  }
  if (rand() % 32 == 0) give_up_late_ones();
}

int main(int count, char **words) {
  unsigned long rounds = count > 1 ? strtoul(words[1], 0, 10) : 1000000;
  static u8 bytes[512];
  struct order new = {1, {1, 2, 0}, 60, 3600, 16, sizeof ordered_names, 64, {8, 16, 24}, 32};
  u32 spans[4] = {10u << 24, (11u << 24) - 1, 127u << 24, (128u << 24) - 1}, length = sizeof new + 16 + sizeof ordered_names + 64;
  srand(count > 2 ? (unsigned)strtoul(words[2], 0, 10) : 1);
  memcpy(bytes, &new, sizeof new);
  memcpy(bytes + sizeof new, spans, 16);
  memcpy(bytes + sizeof new + 16, ordered_names, sizeof ordered_names);
  if (take_order(bytes, length) != 0) die("the order is none");
  for (; rounds_done < rounds; rounds_done++) one_round(bytes, length);
  printf("%lu rounds: %lu answers, %lu questions sent, %lu addresses opened; %lu unnamed, %lu rebound, %lu garbled, %lu unanswered\n", rounds_done, replies, questions_sent,
    opened_addresses, counts[UNNAMED].packets, counts[REBOUND].packets, counts[GARBLED].packets, counts[UNANSWERED].packets);
  return 0;
}
