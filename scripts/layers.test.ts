import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './setup/root.mjs'
import { tools } from './suites/tool.ts'

/** A rule, and imports that it must refuse: `from -> to`. */
const breaches: Record<string, string[]> = {
  'imports-go-down-base': ['service/base/clock.ts -> service/identity/types.ts'],
  'imports-go-down-database-identity': ['service/database/index.ts -> service/identity/index.ts', 'service/identity/index.ts -> service/market/types.ts'],
  'imports-go-down-activity': ['service/activity/index.ts -> service/network/types.ts'],
  'imports-go-down-network-engine': ['service/engine/docker/spec.ts -> service/network/types.ts'],
  'imports-go-down-engine-setup-updates': ['service/updates/index.ts -> service/capacity/types.ts', 'service/engine-setup/index.ts -> service/capacity/types.ts'],
  'imports-go-down-capacity': ['service/capacity/index.ts -> service/metering/types.ts'],
  'imports-go-down-images': ['service/images/index.ts -> service/market/types.ts'],
  'imports-go-down-market-metering': ['service/market/index.ts -> service/workloads/types.ts'],
  'imports-go-down-ledger-abuse': ['service/ledger/index.ts -> service/ingress/types.ts'],
  'imports-go-down-workloads-deployments-ingress-watchdog': ['service/workloads/index.ts -> service/deployments/types.ts', 'service/ingress/index.ts -> service/node.ts'],
  'imports-go-down-health-onboarding': ['service/health/index.ts -> service/api/types.ts'],
  'imports-go-down-api': ['service/api/index.ts -> service/node.ts'],
  'every-part-has-a-level': ['service/stranger/index.ts -> service/base/types.ts'],
  'parts-through-their-door': ['service/market/lease.ts -> service/identity/keys.ts'],
  'the-root-through-doors': ['service/node.ts -> service/market/lease.ts'],
  'only-node-builds': ['service/second-node.ts -> service/market/index.ts'],
  'contract-is-alone': ['contract/units.ts -> service/base/types.ts', 'contract/ids.ts -> node:fs', 'contract/api.ts -> ws'],
  'release-is-a-leaf': ['release/verify.ts -> service/base/types.ts', 'release/sign.ts -> ws'],
  'release-is-for-who-installs': ['cli/update.ts -> release/verify.ts', 'renderer/update.ts -> release/verify.ts'],
  'clients-import-the-contract-only': ['cli/serve.ts -> service/node.ts', 'renderer/main.tsx -> cli/output.ts'],
  'main-knows-the-contract-and-the-words': ['main/supervisor.ts -> service/node.ts', 'main/tray.ts -> renderer/components/Button.tsx'],
  'words-need-no-page': ['renderer/sharing/hero.ts -> renderer/components/Switch.tsx', 'renderer/format/format.ts -> react'],
  'renderer-is-a-web-page': ['renderer/disk.ts -> node:fs'],
  'electron-is-for-main': ['service/database/window.ts -> electron', 'renderer/window.ts -> electron'],
  'service-is-headless': ['service/entry.ts -> cli/output.ts', 'service/testing/build.ts -> scripts/build.ts'],
  'no-cycles': ['service/identity/here.ts -> service/identity/there.ts'],
  'nothing-unresolvable': ['service/activity/lost.ts -> service/activity/gone.ts'],
  'no-test-code-in-the-product': ['service/capacity/inventory.ts -> service/testing/clock.ts', 'contract/errors.ts -> vitest', 'main/window.ts -> main/testing/clock.ts'],
}

/** What the architecture allows: no rule says a word. */
const allowed = [
  'contract/nouns.ts -> zod',
  'service/market/offer.ts -> contract/nouns.ts',
  'service/market/offer.ts -> service/capacity/types.ts',
  'service/market/offer.ts -> service/base/index.ts',
  'service/market/offer.ts -> service/market/price/rates.ts',
  'service/market/price/rates.ts -> node:crypto',
  'service/market/offer.test.ts -> service/api/index.ts',
  'service/market/offer.test.ts -> service/testing/clock.ts',
  'service/market/offer.test.ts -> vitest',
  'service/testing/testnet.ts -> service/node.ts',
  'service/offline.ts -> service/workloads/index.ts',
  'cli/status.ts -> contract/nouns.ts',
  'cli/status.ts -> node:fs',
  'cli/status.test.ts -> service/api/index.ts',
  'renderer/page.tsx -> renderer/button.tsx',
  'main/window.ts -> electron',
  'main/words.ts -> renderer/i18n/en.json',
  'main/tray/menu.ts -> renderer/sharing/hero.ts',
  'preload/preload.ts -> contract/nouns.ts',
  'main/updates.ts -> release/verify.ts',
  'service/market/offer.ts -> release/index.ts',
  'release/verify.ts -> contract/nouns.ts',
  'release/verify.ts -> node:crypto',
  'release/verify.ts -> zod',
  'e2e/share.e2e.ts -> service/testing/testnet.ts',
]

const packages = ['zod', 'ws', 'vitest', 'electron', 'react']

let folder = ''
let found: { rule: string, edge: string }[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'depin-layers-'))
  writeTree([...Object.values(breaches).flat(), 'service/identity/there.ts -> service/identity/here.ts', ...allowed])
  found = await cruise()
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the layer check', () => {
  it.each(Object.entries(breaches).flatMap(([rule, edges]) => edges.map((edge) => [rule, edge])))('%s refuses %s', (rule, edge) => {
    expect(found.filter((each) => each.edge === edge).map((each) => each.rule)).toContain(rule)
  })

  it('lets everything else pass', () => {
    expect(found.filter(({ edge }) => allowed.includes(edge))).toEqual([])
  })

  it('has a breach here for every rule', async () => {
    const { default: config } = await import(join(root, '.dependency-cruiser.cjs')) as { default: { forbidden: { name: string }[] } }
    expect(config.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(breaches).sort())
  })
})

/** Lines of code, where they are, and what the linter says of them: nothing, or why they are not written there. */
const lines: (readonly [string, string, string | null])[] = [
  ['import { createMarket } from \'../market/index.ts\'', 'service/workloads/reconciler.ts', 'Only service/node.ts builds parts'],
  ['import { openDatabase } from \'../../database/index.ts\'', 'service/deployments/manifest/store.ts', 'Only service/node.ts builds parts'],
  ['import * as market from \'../market/index.ts\'', 'service/workloads/cycle.ts', 'Only service/node.ts builds parts'],
  ['export { createMarket } from \'../market/index.ts\'', 'service/workloads/market.ts', 'Only service/node.ts builds parts'],
  ['export * from \'../market/index.ts\'', 'service/workloads/all.ts', 'Only service/node.ts builds parts'],
  ['export { ratesFrom } from \'../market/index.ts\'', 'service/workloads/again.ts', null],
  ['import { ratesFrom } from \'../market/index.ts\'', 'service/workloads/rates.ts', null],
  ['import { createEventBus } from \'../base/index.ts\'', 'service/workloads/bus.ts', null],
  ['import { createRunner } from \'./runner.ts\'', 'service/workloads/index.ts', null],
  ['import { createMarket } from \'../market/index.ts\'', 'service/workloads/reconciler.test.ts', null],
  ['import { createMarket } from \'./market/index.ts\'', 'service/node.ts', null],
  ['export const now = Date.now()', 'service/workloads/now.ts', 'Date.now'],
  ['export const now = new Date()', 'service/workloads/date.ts', 'Take a Clock.'],
  ['export const now = new Date()', 'main/date.ts', 'Take a Clock.'],
  ['export const chance = Math.random()', 'main/chance.ts', 'Math.random'],
  ['setTimeout(() => undefined, 1)', 'service/market/later.ts', 'Take a Clock.'],
  ['export const signal = AbortSignal.timeout(1)', 'service/market/signal.ts', 'Take a Clock.'],
  ['export const now = Date.now()', 'service/base/clock.ts', null],
  ['export const now = new Date()', 'service/market/date.test.ts', null],
  ['export default 1', 'service/market/one.ts', 'Export by name.'],
  ['export const Text = () => <p>Words</p>', 'renderer/Text.tsx', 'Text goes through the message catalogue.'],
  ['export const side = \'ml-2\'', 'renderer/side.ts', 'Use logical utilities'],
  ['console.log(1)', 'renderer/log.ts', 'Unexpected console statement'],
  ['console.log(1)', 'cli/log.ts', null],
  ['// @ts-expect-error why\nexport const one: string = 1', 'cli/one.ts', 'The description must be 10 characters or longer'],
  ['export const name = nowhere', 'scripts/name.mjs', 'is not defined'],
]

describe('the linter', () => {
  let said: { filename: string, message: string }[] = []

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    for (const [code, file] of lines) write(file, `${code}\n`)
    for (const name of ['oxlint.config.ts', 'scripts/checks/restricted-syntax.ts']) write(name, readFileSync(join(root, name), 'utf8').replace('typeAware: true', 'typeAware: false'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    // it ends with 1 where it has something to say
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, tools.oxlint), '--format', 'json', '--allow', 'no-unused-vars', 'service', 'main', 'renderer', 'cli', 'scripts/name.mjs'], { cwd: folder, maxBuffer: 2 ** 24 }).catch((error: unknown) => error as { stdout: string })
    said = (JSON.parse(stdout) as { diagnostics: typeof said }).diagnostics
  }, 60_000)

  it.each(lines)('%s in %s: %s', (_, file, why) => {
    const messages = said.filter(({ filename }) => filename.replaceAll('\\', '/') === file).map(({ message }) => message)
    expect(messages).toEqual(why === null ? [] : [expect.stringContaining(why)])
  })
})

function writeTree(edges: readonly string[]): void {
  const imports = new Map<string, string[]>()
  for (const [from = '', to = ''] of edges.map((edge) => edge.split(' -> '))) {
    imports.set(from, [...imports.get(from) ?? [], to])
    if (to.includes('/') && !to.includes('gone')) imports.set(to, imports.get(to) ?? [])
  }
  for (const [file, targets] of imports) write(file, file.endsWith('.json') ? '{}' : `${targets.map((to) => `import ${JSON.stringify(specifier(file, to))}\n`).join('')}export const here = 1\n`)
  for (const name of packages) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' }))
    write(`node_modules/${name}/index.js`, 'export const there = 1\n')
  }
  write('package.json', JSON.stringify({ name: 'tree', type: 'module', dependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])) }))
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json']) cpSync(join(root, name), join(folder, name))
}

function specifier(from: string, to: string): string {
  return to.includes('/') ? `${'../'.repeat(from.split('/').length - 1)}${to}` : to
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

interface CruiseReport {
  summary: { violations: { from: string, to: string, unresolvedTo?: string, rule: { name: string } }[] }
}

async function cruise(): Promise<typeof found> {
  const folders = ['contract', 'release', 'service', 'cli', 'renderer', 'main', 'preload', 'e2e', 'scripts']
  const args = [join(root, tools.depcruise), ...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 64 << 20 }).catch((error: unknown) => error as { stdout: string })
  const { summary } = JSON.parse(stdout) as CruiseReport
  return summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, edge: `${from} -> ${asWritten(from, to)}` }))
}

/** Names packages and modules of Node as an import does. */
function asWritten(from: string, to: string): string {
  if (to === 'fs' || to === 'crypto') return `node:${to}`
  const inPackage = /^node_modules\/([^/]+)\//.exec(to)?.[1]
  return inPackage ?? (to.startsWith('.') ? join(dirname(from), to) : to)
}
