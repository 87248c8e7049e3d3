/**
 * A stand-in for an AppImage of the desktop: one file that unpacks itself beside its mount, and starts the built app in it as a packaged one.
 * As electron-builder's, it has the map of its blocks at its end. Releases of it are offered by a local feed.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildBlockMap } from 'app-builder-lib/out/targets/blockmap/blockmap.js'
import { manifestName, sha512Of, signStatement, type Statement } from '../../release/index.ts'
import { startFeed, type TestFeed } from '../../release/testing/feed.ts'
import { newKey, type TestKey } from '../../release/testing/release.ts'
import { root } from '../../scripts/setup/root.mjs'
import { electronEnv, standIn } from './electron.ts'

const own = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
export const imageFile = 'depin-desktop-linux-x86_64.AppImage'
const dayMs = 86_400_000
const headBytes = 1024

/** How a version differs from the one that was built. */
export interface Difference {
  /** Changes the schema of the database. */
  migrates?: boolean
  /** What of it does not come to run. */
  broken?: 'app' | 'service' | 'page'
}

export class DesktopReleases {
  readonly feed: TestFeed
  readonly key: TestKey = newKey()
  readonly #folder: string

  private constructor(folder: string, feed: TestFeed) {
    this.#folder = folder
    this.feed = feed
  }

  /** @param folder an empty one. */
  static async create(folder: string): Promise<DesktopReleases> {
    return new DesktopReleases(folder, await startFeed())
  }

  /** The file that an owner would start. */
  get image(): string {
    return join(this.#folder, 'Depin Desktop.AppImage')
  }

  /** As downloaded by hand. */
  async install(version: string): Promise<void> {
    copyFileSync(await this.pack(version, {}), this.image)
    chmodSync(this.image, 0o755)
  }

  /** Offered, and signed by the key that every version knows. */
  async offer(version: string, difference: Difference = {}, patch: Partial<Statement> = {}, key: TestKey = this.key): Promise<void> {
    const path = await this.pack(version, difference)
    const statement: Statement = {
      version, platform: `${process.platform}-${process.arch}`, package: 'appimage', channel: 'latest', file: imageFile, sha512: await sha512Of(path), bytes: statSync(path).size,
      rolloutPercent: 100, signedAtMs: Date.now() - 1_000, expiresAtMs: Date.now() + dayMs, ...patch,
    }
    this.feed.put(statement.file, readFileSync(path))
    this.feed.put(manifestName({ platform: `${process.platform}-${process.arch}`, package: 'appimage', channel: 'latest' }), JSON.stringify(signStatement(statement, [key.privateKey])))
  }

  close(): void {
    this.feed.close()
  }

  async pack(version: string, { migrates, broken }: Difference): Promise<string> {
    const [content, image] = [join(this.#folder, `content-${version}`), join(this.#folder, `${version}.AppImage`)]
    const app = join(content, 'app')
    mkdirSync(join(content, 'resources'), { recursive: true })
    cpSync(join(root, 'dist'), join(app, 'dist'), { recursive: true, filter: (path) => !/\.map$|gallery|dist\/cli/.test(path) })
    writeFileSync(join(app, 'package.json'), readFileSync(join(root, 'package.json'), 'utf8').replace(`"version": "${own}"`, `"version": "${version}"`))
    writeFileSync(join(app, 'dist/release.json'), JSON.stringify({ feed: this.feed.url, keys: [this.key.base64] }))
    writeFileSync(join(content, 'resources/app-update.yml'), 'provider: generic\nurl: http://127.0.0.1:1/\nupdaterCacheDirName: depin-updater\n')
    writeFileSync(join(content, 'person.cjs'), person)
    const service = join(app, 'dist/service/entry.mjs')
    edit(service, `version: "${own}",`, `version: "${version}",`)
    if (migrates === true) edit(service, /var migrations = \[(.*)\];/, 'var migrations = [$1, { version: 9999, name: "later", sql: "CREATE TABLE later (x TEXT) STRICT" }];')
    if (broken === 'service') edit(service, /(\w+\.onReady\(readyEvent)/, 'process.exit(7); $1')
    if (broken === 'page') edit(join(app, 'dist/renderer/index.html'), /<script type="module"[^>]*><\/script>/, '')
    if (broken === 'app') edit(join(app, 'dist/main/main.mjs'), /(async start\(\) \{)/, '$1 throw new Error("broken on purpose");')
    execFileSync('tar', ['-c', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-f', `${image}.tar`, '-C', content, '.'])
    writeFileSync(image, head(statSync(`${image}.tar`).size))
    appendFileSync(image, readFileSync(`${image}.tar`))
    await buildBlockMap(image, 'deflate')
    return image
  }
}

/** Nobody has touched anything for as many seconds as a file says: what the system would tell. And who runs now. */
const person = `const { powerMonitor } = require('electron')
if (!process.argv.includes('--watchdog')) {
  require('node:fs').mkdirSync(require('node:path').dirname(process.env.DEPIN_TEST_PID), { recursive: true })
  require('node:fs').writeFileSync(process.env.DEPIN_TEST_PID, String(process.pid))
}
powerMonitor.getSystemIdleTime = () => Number(require('node:fs').readFileSync(process.env.DEPIN_TEST_IDLE, 'utf8'))
`

/** As an AppImage's own program: mounts what follows it, says where the file is, and starts the app. */
function head(bytes: number): string {
  const rootArgs = process.getuid?.() === 0 ? '--no-sandbox' : ''
  const script = `#!/bin/sh
APPIMAGE=$(readlink -f "$0"); APPDIR=$(mktemp -d "$DEPIN_TEST_MOUNTS/mount-XXXXXX")
tail -c +${headBytes + 1} "$0" | head -c ${bytes} | tar -x -C "$APPDIR"
export APPIMAGE APPDIR ELECTRON_DOUBLE_PACKAGED=1 ELECTRON_DOUBLE_RESOURCES="$APPDIR/resources" ELECTRON_DOUBLE_NODE="${electronEnv['ELECTRON_DOUBLE_NODE'] ?? process.execPath}"
exec "${join(standIn, 'electron')}" -r "$APPDIR/person.cjs" "$APPDIR/app" ${rootArgs} "$@"
exit 1
`
  if (script.length > headBytes) throw new Error('the head of the image is too long')
  return script.padEnd(headBytes, '\n')
}

function edit(path: string, what: string | RegExp, by: string): void {
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(what, by)
  if (changed === text) throw new Error(`${path} has no ${what}`)
  writeFileSync(path, changed)
}
