import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder with the program that is asked whether the session's bus knows of a tray. */
export function busOf(folder: string, tray: boolean): string {
  const bin = join(folder, tray ? 'with-tray' : 'without-tray')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'gdbus'), `#!/bin/sh\necho '(${tray},)'\n`)
  chmodSync(join(bin, 'gdbus'), 0o755)
  return bin
}
