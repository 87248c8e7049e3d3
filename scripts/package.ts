/**
 * `npm run package -- [linux] [mac] [win] [--dir]`: the desktop's installers for this system, or for those that are named.
 * Electron's own programs are downloaded unless they are there; signing and notarising follow electron-builder's variables.
 */
import { parseArgs } from 'node:util'
import { build, Platform } from 'electron-builder'
import { packageConfig } from './package/config.ts'
import { root } from './setup/root.mjs'
import { setUp } from './setup/setup.mjs'

const platforms = { linux: Platform.LINUX, mac: Platform.MAC, win: Platform.WINDOWS } as const
type Name = keyof typeof platforms

const { positionals, values } = parseArgs({ allowPositionals: true, options: { dir: { type: 'boolean', default: false } } })
const unknown = positionals.filter((name) => !(name in platforms))
if (unknown.length > 0) {
  console.error(`There is no system called ${unknown.join(', ')}: choose from ${Object.keys(platforms).join(', ')}.`)
  process.exit(2)
}
const chosen = positionals.length > 0 ? positionals.map((name) => platforms[name as Name]) : [Platform.current()]
await setUp({ build: true })
await build({
  projectDir: root,
  config: packageConfig(),
  targets: new Map(chosen.flatMap((platform) => [...platform.createTarget(values.dir ? 'dir' : null)])),
  publish: 'never',
})
