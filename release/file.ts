import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { updateProblem } from './problem.ts'
import type { Statement } from './statement.ts'

/** The file is the one that the statement names, byte for byte. */
export async function assertIsPackage(path: string, { bytes, sha512 }: Pick<Statement, 'bytes' | 'sha512'>, signal?: AbortSignal): Promise<void> {
  const { size } = await stat(path)
  if (size > bytes) throw updateProblem('too-long', `${size} bytes came where ${bytes} were signed for.`)
  if (size < bytes) throw updateProblem('truncated', `${size} of ${bytes} bytes came.`)
  if (await sha512Of(path, signal) !== sha512) throw updateProblem('corrupt', 'What came is not what was signed.')
}

export async function sha512Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
