import { resolve } from 'node:path'
import { defaultDataDir } from '../contract/default-data-dir.ts'
import { usageError } from './failure.ts'
import type { Io } from './io.ts'

/** `--data-dir`, else DEPIN_DATA_DIR, else where this platform keeps a program's data for its user. */
export function dataDirOf(option: string | undefined, io: Pick<Io, 'env' | 'cwd' | 'home' | 'platform'>): string {
  if (option === '') throw usageError('--data-dir names nothing.', 'Name a folder, or leave it out.')
  const given = option ?? (io.env['DEPIN_DATA_DIR'] === '' ? undefined : io.env['DEPIN_DATA_DIR'])
  return given === undefined ? defaultDataDir(io) : resolve(io.cwd, given)
}
