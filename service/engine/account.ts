import { userInfo } from 'node:os'

/** Who this process runs as. */
export function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // a number without a name, as containers have them
    return String(process.getuid?.() ?? 'of this program')
  }
}
