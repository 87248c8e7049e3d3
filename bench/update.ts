/** How much of a package moves when one line of the app has changed. */
import { execFile } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createPackage } from '@electron/asar'
import { buildBlockMap } from 'app-builder-lib/out/targets/blockmap/blockmap.js'
import { createFeed } from '../main/updates/feed.ts'
import { createFetcher } from '../main/updates/fetcher.ts'
import { systemClock } from '../main/base/clock.ts'
import { plainAppImageUpdater } from '../main/testing/electron-updater.ts'
import { sha512Of, type Statement } from '../release/index.ts'
import { startFeed } from '../release/testing/feed.ts'
import { root } from '../scripts/setup/root.mjs'
import { figure } from './harness/rounds.ts'
import type { Benchmark } from './harness/types.ts'

/** What a line may be added to: the app's own programs. */
const programs = { service: 'service/entry.mjs', main: 'main/main.mjs' } as const
const mebibyte = 1024 ** 2
/** Debian's. */
const chromium = '/usr/lib/chromium'

/**
 * The app is the built one in its archive. Electron's programs are not here: what they are made of stands around it, this Node and the
 * system's Chromium. Where there is none, the package is a third of a real one, and the share that moves three times as much.
 */
export const update: Benchmark = {
  name: 'update',
  about: 'an update of the desktop in which one line of a program changed, as electron-updater fetches it, beside the whole package',
  needs: ['squashfs', 'chromium'],
  async run({ say, signal }) {
    const folder = mkdtempSync(join(tmpdir(), 'depin-bench-update-'))
    const feed = await startFeed()
    try {
      const old = await packAppImage(folder, 'old', null)
      const figures = []
      for (const [name, program] of Object.entries(programs)) {
        say(`a line more in ${program}`)
        const next = await packAppImage(folder, name, program)
        const bytes = await bytesMoved({ folder: join(folder, `fetch-${name}`), feed, old, next, signal })
        const whole = statSync(next).size
        figures.push(figure(`a line of ${name}`, 'MiB', [bytes / mebibyte], { name: 'the whole package', values: [whole / mebibyte] }, { of: 'ratio', atMost: 0.05 }))
      }
      return { figures, breakdowns: [] }
    } finally {
      feed.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** The file system that an AppImage is, with electron-builder's map of its blocks at its end. */
async function packAppImage(folder: string, name: string, changed: string | null): Promise<string> {
  const [app, image] = [join(folder, name, 'app'), join(folder, name, 'image')]
  mkdirSync(join(image, 'resources'), { recursive: true })
  mkdirSync(app)
  cpSync(join(root, 'package.json'), join(app, 'package.json'))
  cpSync(join(root, 'dist'), join(app, 'dist'), { recursive: true, filter: (path) => !/\.map$|\.stamp$|dist\/cli|gallery/.test(path) })
  if (changed !== null) addLine(join(app, 'dist', changed))
  await createPackage(app, join(image, 'resources/app.asar'))
  cpSync(process.execPath, join(image, 'depin-desktop'))
  chmodSync(join(image, 'depin-desktop'), 0o755)
  if (existsSync(chromium)) cpSync(chromium, join(image, 'chromium'), { recursive: true, dereference: true })
  const path = join(folder, name, 'depin-desktop-linux-x86_64.AppImage')
  await promisify(execFile)('mksquashfs', [image, path, '-quiet', '-no-progress', '-no-xattrs', '-all-root', '-mkfs-time', '0', '-all-time', '0', '-comp', 'zstd', '-Xcompression-level', '9'])
  await buildBlockMap(path, 'deflate')
  return path
}

/** In the middle, so that everything after it moves. */
function addLine(path: string): void {
  const lines = readFileSync(path, 'utf8').split('\n')
  const at = lines.findIndex((line, index) => index >= lines.length / 2 && /^(var|const|function) /.test(line))
  lines.splice(at, 0, 'const changedByTheBenchmark = 1;')
  writeFileSync(path, lines.join('\n'))
  appendFileSync(path, '\n')
}

async function bytesMoved({ folder, feed: server, old, next, signal }: { folder: string, feed: Awaited<ReturnType<typeof startFeed>>, old: string, next: string, signal: AbortSignal }): Promise<number> {
  mkdirSync(folder)
  const file = 'depin-desktop-linux-x86_64.AppImage'
  server.put(file, readFileSync(next))
  server.sentBytes = 0
  const statement: Statement = {
    version: '9.9.9', platform: 'linux-x64', package: 'appimage', channel: 'latest', file, sha512: await sha512Of(next), bytes: statSync(next).size,
    rolloutPercent: 100, signedAtMs: 0, expiresAtMs: 0,
  }
  process.env['APPIMAGE'] = old
  const log = (): void => undefined
  const feed = createFeed({ feed: server.url, fetch: (url, init) => fetch(url, init), clock: systemClock })
  const fetcher = createFetcher({ updater: plainAppImageUpdater(folder, '1.0.0'), url: server.url, feed, clock: systemClock, log })
  const path = await fetcher.fetch(statement, { signal, onProgress: () => undefined })
  if (await sha512Of(path) !== statement.sha512) throw new Error('what was put together is not the package')
  return server.sentBytes
}
