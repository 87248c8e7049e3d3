import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { Missing } from './machine.ts'

export const serverPort = 8080
const run = promisify(execFile)

/** An image of the Node that runs this, the libraries it needs, and `server.ts`; removed when disposed of. */
export async function makeServerImage(docker: Docker): Promise<AsyncDisposable & { ref: string }> {
  if (process.platform !== 'linux') throw new Missing('Only on Linux does this machine’s Node run in a container.')
  const ref = `depin-bench/server:${process.pid}`
  const folder = await mkdtemp(join(tmpdir(), 'depin-bench-image-'))
  try {
    await copyWithLibraries(process.execPath, folder)
    await copyFile(join(import.meta.dirname, 'server.ts'), join(folder, 'server.ts'))
    for (const name of ['tmp', 'proc', 'sys', 'dev', 'etc']) await mkdir(join(folder, name), { recursive: true })
    const command = `cd "$0" && tar --owner=0 --group=0 -c . | docker import -c 'EXPOSE ${serverPort}/tcp' -c 'CMD ["/node", "/server.ts"]' - "$1"`
    await run('sh', ['-c', command, folder, ref])
  } finally {
    await rm(folder, { recursive: true })
  }
  return { ref, [Symbol.asyncDispose]: async () => { await docker.getImage(ref).remove({ force: true }) } }
}

/** Libraries keep their paths: the program finds them where it did. */
async function copyWithLibraries(program: string, folder: string): Promise<void> {
  await copyFile(await realpath(program), join(folder, 'node'))
  const { stdout } = await run('ldd', [program])
  for (const [path] of stdout.matchAll(/\/\S+/g)) {
    const place = join(folder, dirname(path))
    await mkdir(place, { recursive: true })
    await copyFile(path, join(place, basename(path)))
  }
}
