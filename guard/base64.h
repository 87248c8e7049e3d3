/* Base64 (RFC 4648), which is how a container is given bytes as its arguments. */

static int sextet(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9') return letter - '0' + 52;
  return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

/* The number of bytes, or 0 when the text is not base64 or too long. */
static u32 decode(const char *text, u8 *to, u32 room) {
  u32 length = 0, bits = 0, value = 0;
  for (; *text != 0 && *text != '='; text++) {
    int next = sextet(*text);
    if (next < 0 || length == room) return 0;
    value = value << 6 | (u32)next;
    if ((bits += 6) >= 8) to[length++] = (u8)(value >> (bits -= 8));
  }
  return length;
}
