/** Chromium's net errors that tests meet. */
const numbers: Record<string, number> = {
  ERR_FAILED: -2, ERR_ABORTED: -3, ERR_FILE_NOT_FOUND: -6, ERR_BLOCKED_BY_CLIENT: -20, ERR_CONNECTION_REFUSED: -102, ERR_NAME_NOT_RESOLVED: -105,
  ERR_INVALID_URL: -300, ERR_UNKNOWN_URL_SCHEME: -302,
}

/** What `loadURL` rejects with. */
export function loadError(errorText: string, url: string): Error & { code: string, errno: number, url: string } {
  const code = errorText.replace('net::', '')
  const errno = numbers[code] ?? -2
  return Object.assign(new Error(`${code} (${String(errno)}) loading '${url}'`), { code, errno, url })
}
