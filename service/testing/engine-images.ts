import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import Docker from 'dockerode'

/**
 * Images for tests against a real engine, made of Debian's static busybox without any registry. Each is labelled
 * `io.depin.test`, so that they are found and told apart from everything else on the engine.
 */
export const testLabel = 'io.depin.test'

export interface TestImage {
  ref: string
  /** Instructions of a Dockerfile, as the engine's import takes them. */
  changes: readonly string[]
  files: Readonly<Record<string, { text: string, mode: number }>>
  /** Directories that belong to the user `app`, of whom the rest of the image knows nothing. */
  owned?: readonly string[]
}

const revision = '1'
const shell = ['/bin/sh', '-c'] as const
const script = (text: string): { text: string, mode: number } => ({ text: `#!/bin/sh\n${text}`, mode: 0o755 })
const program = (...words: string[]): string => `CMD ${JSON.stringify(words)}`

/** A shell and small tools; runs what it is told. */
export const busyboxImage: TestImage = { ref: `depin-test/busybox:${revision}`, changes: [program(...shell, 'sleep 1d & wait')], files: {} }

/**
 * A web server on 8080: `/` is a page, `/large` is 1 MiB, `/cgi-bin/count` counts its calls in the store that it finds
 * under the name `store`.
 */
export const webImage: TestImage = {
  ref: `depin-test/web:${revision}`,
  changes: ['EXPOSE 8080/tcp', program('/bin/httpd', '-f', '-p', '8080', '-h', '/www')],
  files: {
    'www/index.html': { text: 'hello from web\n', mode: 0o644 },
    'www/large': { text: 'x'.repeat(1024 ** 2), mode: 0o644 },
    'www/cgi-bin/count': script('printf "Content-Type: text/plain\\r\\n\\r\\n"\necho "incr count" | nc store 6379\n'),
  },
}

/** A key-value store on 6379, one command a connection: `set KEY VALUE`, `get KEY`, `incr KEY`. Keeps its data in the volume `/data`. */
export const storeImage: TestImage = {
  ref: `depin-test/store:${revision}`,
  changes: ['EXPOSE 6379/tcp', 'VOLUME ["/data"]', program('/bin/nc', '-ll', '-p', '6379', '-e', '/bin/store')],
  files: {
    'bin/store': script([
      'read -r verb key value || exit 0',
      'file="/data/$(echo "$key" | tr -cd a-z0-9)"',
      'case "$verb" in',
      '  set) echo "$value" > "$file"; echo ok ;;',
      '  get) cat "$file" 2>/dev/null || echo none ;;',
      // a directory is made by one of those who try at once
      '  incr) until mkdir "$file.lock" 2>/dev/null; do usleep 1000; done',
      '    value=$(($(cat "$file" 2>/dev/null || echo 0) + 1)); echo "$value" > "$file"; rmdir "$file.lock"; echo "$value" ;;',
      '  *) echo "unknown command" ;;',
      'esac',
      '',
    ].join('\n')),
  },
}

/** Sends back what it gets on 7000, and closes when the other side does. */
export const echoImage: TestImage = {
  ref: `depin-test/echo:${revision}`,
  changes: ['EXPOSE 7000/tcp', program('/bin/nc', '-ll', '-p', '7000', '-e', '/bin/cat')],
  files: {},
}

/** As images are whose program has a user and directories of its own; `/var/lib/thing` is root's. */
export const usersImage: TestImage = {
  ref: `depin-test/users:${revision}`,
  changes: [program(...shell, 'sleep 1d & wait'), 'USER app'],
  files: { 'var/lib/thing/kept': { text: 'kept\n', mode: 0o644 }, 'etc/group': { text: 'root:x:0:\nstaff:x:50:app\n', mode: 0o644 } },
  owned: ['run/app', 'run/lock/app'],
}

/** The engine tests run against: DOCKER_HOST, or the usual socket. */
export function testEngineSocket(): string {
  return (process.env['DOCKER_HOST'] ?? '').replace(/^unix:\/\//, '') || '/var/run/docker.sock'
}

export function testDocker(socketPath = testEngineSocket()): Docker {
  return new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' })
}

/** Makes an image unless the engine has it; its content id. */
export async function makeTestImage(image: TestImage, docker = testDocker()): Promise<string> {
  const present = await docker.getImage(image.ref).inspect().catch(() => null)
  if (present !== null) return present.Id
  const directory = await mkdtemp(join(tmpdir(), 'depin-image-'))
  try {
    await writeRoot(join(directory, 'root'), image)
    const archive = join(directory, 'root.tar')
    const owned = (image.owned ?? []).map((path) => `./${path}`)
    await run('tar', ['--owner=0', '--group=0', ...owned.map((path) => `--exclude=${path}`), '-C', join(directory, 'root'), '-cf', archive, '.'])
    if (owned.length > 0) await run('tar', ['--owner=1000', '--group=1000', '-C', join(directory, 'root'), '-rf', archive, ...owned])
    await importImage(docker, archive, image)
  } finally {
    await rm(directory, { recursive: true })
  }
  return (await docker.getImage(image.ref).inspect()).Id
}

export async function makeTestImages(docker = testDocker()): Promise<void> {
  for (const image of [busyboxImage, webImage, storeImage, echoImage]) await makeTestImage(image, docker)
}

const run = promisify(execFile)
const busyboxPath = '/bin/busybox'

async function writeRoot(root: string, image: TestImage): Promise<void> {
  for (const directory of ['bin', 'etc', 'run', 'proc', 'sys', 'dev', 'data', 'www/cgi-bin', 'var']) await mkdir(join(root, directory), { recursive: true })
  await mkdir(join(root, 'tmp'))
  await run('chmod', ['1777', join(root, 'tmp')])
  await copyFile(busyboxPath, join(root, 'bin/busybox'))
  const { stdout } = await run(busyboxPath, ['--list'])
  const applets = stdout.split('\n').filter((applet) => /^[a-z]/.test(applet) && applet !== 'busybox')
  await Promise.all(applets.map((applet) => symlink('busybox', join(root, 'bin', applet))))
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n')
  for (const [path, { text, mode }] of Object.entries(image.files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text, { mode })
  }
  for (const owned of image.owned ?? []) await mkdir(join(root, owned), { recursive: true })
}

async function importImage(docker: Docker, archive: string, { ref, changes }: TestImage): Promise<void> {
  const [repo = '', tag = ''] = ref.split(':')
  const instructions = [...changes, 'ENV PATH=/bin', `LABEL ${testLabel}=${revision}`]
  const stream = await docker.importImage(createReadStream(archive), { changes: instructions })
  let answer = ''
  for await (const chunk of stream) answer += String(chunk)
  const id = /[0-9a-f]{64}/.exec(answer)?.[0]
  if (id === undefined) throw new Error(`the engine did not take ${ref}: ${answer}`)
  // named in full: Podman takes a short name for one of its own host
  await docker.getImage(id).tag({ repo: `docker.io/${repo}`, tag })
}
