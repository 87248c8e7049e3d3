import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes and number of the files below a folder, source maps and licences aside. */
export function sizeOf(folder: string): { bytes: number, files: number } {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(map|LEGAL\.txt)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return { bytes: paths.reduce((sum, path) => sum + statSync(path).size, 0), files: paths.length }
}

export function formatBytes(bytes: number): string {
  return bytes < 1 << 20 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`
}
