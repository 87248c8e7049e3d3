import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { wantedMajor } from './node24.mjs'
import { root } from './root.mjs'

interface Entry {
  version?: string
  resolved?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> }

/** Where Node would look for a package from another: its own node_modules, then each above. */
function isLocked(from: string, name: string): boolean {
  const prefix = from === '' ? '' : `${from}/`
  if (`${prefix}node_modules/${name}` in packages) return true
  return from !== '' && isLocked(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))).replace(/^node_modules$/, ''), name)
}

describe('package-lock.json', () => {
  it('has every package for every kind of machine, or npm ci refuses it', () => {
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.devDependencies })
        .filter((name) => (path === '' || entry.devDependencies === undefined) && !isLocked(path, name))
        .map((name) => `${path} needs ${name}`))
    expect(missing).toEqual([])
  })

  it('names no registry, so that any mirror serves', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('has the Node that everything runs on', () => {
    expect(Number.parseInt(packages['node_modules/node']?.version ?? '', 10)).toBe(wantedMajor)
  })
})
