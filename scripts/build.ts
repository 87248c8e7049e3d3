/** Builds `dist/`: the service, the command line and the desktop as bundles, the dashboard as a web page. */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPrograms } from './build/programs.ts'
import { formatBytes, sizeOf } from './build/sizes.ts'
import { withLock } from './setup/lock.mjs'
import { buildStampName, root } from './setup/root.mjs'
import { sourceStamp } from './setup/stamp.mjs'

const dist = join(root, 'dist')
const workshop = join(root, '.cache/build')

/** A build happens aside and takes the place of the last one whole: who reads `dist` meanwhile sees the one or the other. */
async function main(): Promise<void> {
  const startedMs = performance.now()
  // Taken first: what changes while the build runs will be found changed.
  const stamp = sourceStamp(root)
  mkdirSync(workshop, { recursive: true })
  const outDir = mkdtempSync(join(workshop, 'new-'))
  try {
    // Both to their end, also when one fails: nothing may write to a folder that is being removed.
    const parts = await Promise.allSettled([buildPrograms(outDir), buildRenderer(outDir)])
    for (const part of parts) if (part.status === 'rejected') throw part.reason
    cpSync(join(root, 'resources/icons'), join(outDir, 'icons'), { recursive: true })
    cpSync(join(root, 'resources/release.json'), join(outDir, 'release.json'))
    writeFileSync(join(outDir, buildStampName), stamp)
    chmodSync(outDir, 0o755)
    chmodSync(join(outDir, 'cli/depin.mjs'), 0o755)
    await withLock(join(root, '.cache/build.lock'), () => {
      takeThePlaceOf(dist, outDir)
      return Promise.resolve()
    })
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
  for (const part of readdirSync(dist).filter((name) => !name.startsWith('.') && statSync(join(dist, name)).isDirectory())) {
    const { bytes, files } = sizeOf(join(dist, part))
    console.log(`dist/${part.padEnd(10)} ${formatBytes(bytes).padStart(9)}  ${files} ${files === 1 ? 'file' : 'files'}`)
  }
  console.log(`built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
}

async function buildRenderer(outDir: string): Promise<void> {
  if (!existsSync(join(root, 'renderer/index.html'))) {
    console.log('There is no renderer/index.html: built without the dashboard.')
    return
  }
  const vite = await import('vite')
  await vite.build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: join(outDir, 'renderer'), emptyOutDir: true } })
}

function takeThePlaceOf(place: string, replacement: string): void {
  const old = `${replacement}-old`
  if (existsSync(place)) renameSync(place, old)
  renameSync(replacement, place)
  rmSync(old, { recursive: true, force: true })
  for (const left of readdirSync(workshop).map((name) => join(workshop, name)).filter(isAbandoned)) rmSync(left, { recursive: true, force: true })
}

/** Left by a build that was killed: no build takes an hour. */
function isAbandoned(folder: string): boolean {
  return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 3_600_000
}

try {
  await main()
} catch (error) {
  process.exitCode = 1
  // esbuild has said what is wrong, with the lines it is wrong in.
  if (!(error instanceof Error && 'errors' in error)) console.error(error)
}
