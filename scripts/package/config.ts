import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from 'electron-builder'
import { parse } from 'yaml'
import { root } from '../setup/root.mjs'

/** `electron-builder.yml`, and where updates come from: in one place for the app, its packages and its feed. */
export function packageConfig(): Configuration {
  const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Configuration
  const { feed } = JSON.parse(readFileSync(join(root, 'resources/release.json'), 'utf8')) as { feed: string | null }
  // without a feed there is nothing to update from, and no file that says so
  const publish = feed === null ? null : { provider: 'generic' as const, url: feed }
  // `false`: the bundles hold what they need, so no modules are looked for, or built for Electron
  return { ...config, publish, beforeBuild: () => Promise.resolve(false) }
}
