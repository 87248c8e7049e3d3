/*
 * Names: the guard answers questions for names (DNS, RFC 1035), for those that the lease may connect to and no others.
 *
 * It is the name server of its namespace, on 127.0.0.1, where the engine's own forwards to. A question that is allowed is
 * asked anew of this machine's resolver, from a port of its own, marked so that the rules let it pass; nothing of the
 * guest's message leaves but the name. Each address of the answer is opened in the rules before the guest hears of it, and
 * closes by itself; one that no guest may reach is left out, whoever's name it has. Where the engine has no names for the
 * services of a lease, the guard is told them.
 *
 *     question ──no message──► not implemented, or no answer
 *        ├──a service of the lease──► its address       ├──not for IPv4──► a name with nothing
 *        ├──not one of the names──► no such name
 *        └──► asked ──answer──► its addresses are opened ──► told
 *                └──none in time, or not understood──► asked again, elsewhere ──three times──► failed
 */
#include "order.h"

enum {
  AF_INET = 2, SOCK_DGRAM = 2, SOCK_FLAGS = 0x80800, SOL_SOCKET = 1, SO_MARK = 36,
  HERE_SECONDS = 5, QUESTION_MOST = 512, ANSWER_MOST = 4096,
  ASKED_AT_ONCE = 32, TRIES = 3, TRY_MS = 1500, AT_A_TIME = 16, RECENT = 256, LINGER_MS = 30000,
  PORT = 53, PAYLOAD_MOST = 1232,
};

struct address { u16 family, port; u32 ip; u8 rest[8]; };

struct asked {
  int fd; /* free: not above 0, which is stdin */
  u32 tries, length;
  u16 id, asker_id;
  long until;
  struct address asker;
  u8 question[NAME_MOST + 5], as_asked[NAME_MOST + 5];
};

static struct asked asked[ASKED_AT_ONCE];
static struct { u32 ip; long until; } recent[RECENT];
static int server = -1;

/* counted, and told with the kernel's counters */
enum { UNNAMED, REBOUND, GARBLED, UNANSWERED, COUNTS };
static struct { word packets, bytes; } counts[COUNTS];

static void count_one(u32 which, u32 bytes) {
  counts[which].packets++;
  counts[which].bytes += bytes;
}

static u32 exchange(int fd, u8 *messages, u32 length, u32 *answered);
static int firewall;

/* Whether the guest may connect to the address from now on. @param ip as a number */
static int open_address(u32 ip, u32 seconds) {
  u32 kept = seconds < order.least_seconds ? order.least_seconds : seconds, answered;
  long until = now() + kept * 1000l + LINGER_MS, slot = (ip ^ ip >> 8 ^ ip >> 16) % RECENT;
  if (recent[slot].ip == ip && recent[slot].until >= until - LINGER_MS) return 1;
  for (u32 at = 0; at < OPENING_PLACES; at++) put_four(opening + order.address_at[at], ip);
  put_four(opening + order.milliseconds_at, 0);
  put_four(opening + order.milliseconds_at + 4, kept * 1000 + LINGER_MS);
  if (exchange(firewall, opening, order.opening, &answered) != 0) return 0;
  recent[slot].ip = ip;
  recent[slot].until = until;
  return 1;
}

/* ---- answers to the guest ---------------------------------------------------------------------------------------- */

static void reply(const struct address *to, u32 id, const u8 *question, u32 length, u32 code, const u32 *ips, u32 count, u32 seconds) {
  u8 message[HEADER + NAME_MOST + 5 + ADDRESSES * 16];
  u32 end = HEADER + length;
  put_two(message, id);
  put_two(message + 2, 0x8180 | code); /* an answer, with recursion as it was wanted */
  put_two(message + 4, length > 0);
  put_two(message + 6, count);
  put_four(message + 8, 0);
  copy(message + HEADER, question, length);
  for (u32 at = 0; at < count; at++, end += 16) {
    put_two(message + end, 0xc000 | HEADER); /* the name of the question */
    put_four(message + end + 2, TYPE_A << 16 | CLASS_IN);
    put_four(message + end + 6, seconds);
    put_two(message + end + 10, 4);
    put_four(message + end + 12, ips[at]);
  }
  call(__NR_sendto, (word)server, (word)message, end, 0, (word)to, sizeof *to);
}

static void forget(struct asked *one) {
  call(__NR_close, (word)one->fd, 0, 0, 0, 0, 0);
  one->fd = -1;
}

static void finish(struct asked *one, u32 code, const u32 *ips, u32 count, u32 seconds) {
  reply(&one->asker, one->asker_id, one->as_asked, one->length, code, ips, count, seconds);
  if (one->fd > 0) forget(one);
}

/* ---- questions to the resolver --------------------------------------------------------------------------------- */

/* Whether it is on its way. Each try has a socket of its own, and so a port that nobody can guess. */
static int send_question(struct asked *one) {
  u8 message[HEADER + NAME_MOST + 5 + 11];
  u32 known = 0, end = HEADER + one->length, mark = order.mark;
  while (known < SERVERS && order.servers[known] != 0) known++;
  if (known == 0 || call(__NR_getrandom, (word)&one->id, sizeof one->id, 0, 0, 0, 0) != sizeof one->id) return 0;
  struct address to = {AF_INET, (u16)(PORT << 8), order.servers[one->tries % known], {0}};
  if ((one->fd = (int)call(__NR_socket, AF_INET, SOCK_DGRAM | SOCK_FLAGS, 0, 0, 0, 0)) < 0) return one->fd = -1, 0;
  put_two(message, one->id);
  put_two(message + 2, 0x0100);
  put_four(message + 4, 1 << 16);
  put_four(message + 8, one->tries + 1 < TRIES);
  copy(message + HEADER, one->question, one->length);
  /* room for more than 512 bytes (RFC 6891); the last try does without, for servers that do not know it */
  if (one->tries + 1 < TRIES) {
    for (u32 at = 0; at < 11; at++) message[end + at] = 0;
    put_two(message + end + 1, TYPE_OPT);
    put_two(message + end + 3, PAYLOAD_MOST);
    end += 11;
  }
  one->until = now() + TRY_MS;
  return call(__NR_setsockopt, (word)one->fd, SOL_SOCKET, SO_MARK, (word)&mark, sizeof mark, 0) == 0
    && call(__NR_connect, (word)one->fd, (word)&to, sizeof to, 0, 0, 0) == 0
    && call(__NR_write, (word)one->fd, (word)message, end, 0, 0, 0) == (long)end;
}

static void try_again(struct asked *one) {
  do {
    if (one->fd > 0) forget(one);
    if (++one->tries >= TRIES) {
      count_one(UNANSWERED, one->length);
      finish(one, FAILED, 0, 0, 0);
      return;
    }
  } while (!send_question(one));
}

static void ask(const struct address *asker, u32 id, const u8 *question, u32 length) {
  struct asked *one = asked;
  while (one < asked + ASKED_AT_ONCE && one->fd > 0) one++;
  if (one == asked + ASKED_AT_ONCE) {
    count_one(UNANSWERED, length);
    return reply(asker, id, question, length, FAILED, 0, 0, 0);
  }
  one->asker.family = AF_INET;
  one->asker.port = asker->port;
  one->asker.ip = asker->ip;
  one->asker_id = (u16)id;
  one->length = length;
  one->tries = 0;
  copy(one->as_asked, question, length);
  for (u32 at = 0; at < length; at++) one->question[at] = at < length - 4 ? small(question[at]) : question[at];
  if (!send_question(one)) try_again(one);
}

/* ---- questions of the guest -------------------------------------------------------------------------------------- */

static void judge_question(const struct address *asker, const u8 *bytes, u32 length) {
  u32 id, name, after, type, service;
  /* what is no question is not worth an answer, which could begin a conversation of two servers */
  if (length < HEADER || bytes[2] & 0x80 || length > QUESTION_MOST) return count_one(GARBLED, length);
  id = two(bytes);
  if (bytes[2] & 0x78) return count_one(GARBLED, length), reply(asker, id, bytes, 0, NOT_DONE, 0, 0, 0);
  name = name_length(bytes + HEADER, length - HEADER);
  after = HEADER + name + 4;
  if (two(bytes + 4) != 1 || four(bytes + 6) != 0 || two(bytes + 10) > 1 || name == 0 || after > length) {
    return count_one(GARBLED, length), reply(asker, id, bytes, 0, BAD_FORM, 0, 0, 0);
  }
  type = four(bytes + after - 4);
  bytes += HEADER;
  service = service_address(bytes, name);
  if (service == 0 && !is_named(bytes, name)) return count_one(UNNAMED, length), reply(asker, id, bytes, name + 4, NO_NAME, 0, 0, 0);
  /* all else that a name may have is nothing that could be connected to */
  if (type != (TYPE_A << 16 | CLASS_IN)) return reply(asker, id, bytes, name + 4, DONE, 0, 0, 0);
  if (service != 0) return reply(asker, id, bytes, name + 4, DONE, &service, 1, HERE_SECONDS);
  ask(asker, id, bytes, name + 4);
}

static void take_questions(void) {
  static u8 bytes[QUESTION_MOST + 1];
  for (u32 times = 0; times < AT_A_TIME; times++) {
    struct address asker = {0, 0, 0, {0}};
    u32 size = sizeof asker;
    long got = call(__NR_recvfrom, (word)server, (word)bytes, sizeof bytes, 0, (word)&asker, (word)&size);
    if (got < 0) return;
    judge_question(&asker, bytes, (u32)got);
  }
}

/* ---- answers of the resolver ------------------------------------------------------------------------------------- */

/* Whether this is the end of the question: not when it is somebody else's answer, or the resolver could not. */
static void judge_answer(struct asked *one, const u8 *bytes, u32 length) {
  struct found found = {{0}, 0, order.most_seconds};
  u32 after = HEADER + one->length, code, opened = 0, forbidden;
  if (length < after || two(bytes) != one->id || (bytes[2] & 0xf8) != 0x80 || two(bytes + 4) != 1 || !is_same(bytes + HEADER, one->question, one->length)) {
    return count_one(GARBLED, length);
  }
  code = bytes[3] & 15;
  if (code == NO_NAME) return finish(one, NO_NAME, 0, 0, 0);
  if (code != DONE) return try_again(one);
  /* one that was cut off where it was too long is good as far as it goes */
  if (!read_records(bytes, length, after, &found) && !(bytes[2] & 2 && found.count > 0)) return count_one(GARBLED, length), try_again(one);
  if ((forbidden = leave_out(&found)) > 0) count_one(REBOUND, length);
  for (u32 at = 0; at < found.count; at++) if (open_address(found.ips[at], found.seconds)) found.ips[opened++] = found.ips[at];
  if (opened > 0) finish(one, DONE, found.ips, opened, found.seconds);
  else if (found.count > 0) count_one(UNANSWERED, one->length), finish(one, FAILED, 0, 0, 0);
  else finish(one, forbidden > 0 ? NO_NAME : DONE, 0, 0, 0);
}

static void take_answers(struct asked *one) {
  static u8 bytes[ANSWER_MOST];
  int fd = one->fd;
  for (u32 times = 0; times < AT_A_TIME && one->fd == fd; times++) {
    long got = call(__NR_recvfrom, (word)fd, (word)bytes, sizeof bytes, 0, 0, 0);
    if (got == -EAGAIN || got == -EINTR) return;
    /* nobody is there */
    if (got < 0) return try_again(one);
    judge_answer(one, bytes, (u32)got);
  }
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

/* The socket is there as long as there are names to answer for. */
static u32 listen_or_not(void) {
  struct address here_only = {AF_INET, (u16)(PORT << 8), 0x0100007f, {0}};
  u32 is_wanted = order.names > 0 || here_bytes > 0;
  long error = 0;
  if (is_wanted == (server >= 0)) return 0;
  if (is_wanted) {
    server = (int)call(__NR_socket, AF_INET, SOCK_DGRAM | SOCK_FLAGS, 0, 0, 0, 0);
    error = server < 0 ? server : call(__NR_bind, (word)server, (word)&here_only, sizeof here_only, 0, 0, 0);
    if (error == 0) return 0;
  }
  if (server >= 0) call(__NR_close, (word)server, 0, 0, 0, 0, 0);
  server = -1;
  return (u32)-error;
}

/* An order without names ends them; what was asked before is forgotten, and asked again by whoever wants to know. */
static u32 take_order(const u8 *payload, u32 length) {
  const struct order *new = (const struct order *)payload;
  if (length < sizeof order || !is_order(new, payload + sizeof order, length - sizeof order)) return EBADMSG;
  for (u32 at = 0; at < ASKED_AT_ONCE; at++) if (asked[at].fd > 0) forget(&asked[at]);
  copy((u8 *)&order, payload, sizeof order);
  payload += sizeof order;
  copy((u8 *)ranges, payload, order.ranges);
  copy(names, payload + order.ranges, order.names);
  copy(opening, payload + order.ranges + order.names, order.opening);
  return listen_or_not();
}

static u32 take_services(const u8 *payload, u32 length) {
  if (length > HERE_ROOM) return EBADMSG;
  for (u32 at = 0, size; at < length; at += 4 + size) {
    if (length - at < 5 || (size = name_length(payload + at + 4, length - at - 4)) == 0) return EBADMSG;
  }
  copy(here, payload, length);
  here_bytes = length;
  return listen_or_not();
}

static void give_up_late_ones(void) {
  long time = now();
  for (u32 at = 0; at < ASKED_AT_ONCE; at++) if (asked[at].fd > 0 && asked[at].until <= time) try_again(&asked[at]);
}
