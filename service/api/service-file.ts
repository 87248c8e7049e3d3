import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { serviceFileName, type ServiceFile } from '../../contract/nouns/serve.ts'
import type { Disposer } from '../base/index.ts'
import { writePrivateFile } from './private-files.ts'

/** Tells clients on this machine where the service is; the disposer takes it back. */
export function publishService(dataDir: string, file: ServiceFile): Disposer {
  const path = join(dataDir, serviceFileName)
  writePrivateFile(path, `${JSON.stringify(file)}\n`)
  return () => rmSync(path, { force: true })
}
