/** What is put in a place is there whole, also when the power goes. */
import { closeSync, copyFileSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs'

/** Under a second name; where a disk knows none, as a copy. */
export function keepFile(path: string, as: string): void {
  rmSync(as, { force: true })
  try {
    linkSync(path, as)
  } catch {
    copyFileSync(path, as)
    makeDurable(as)
  }
}

function makeDurable(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
