import { describe, expect, it } from 'vitest'
import { asOneCommand, type Need, recipeFor, type System } from './packages.ts'

const all: Need[] = ['engine', 'busybox', 'chromium']
const debian: System = { platform: 'linux', isRoot: true, family: ['debian'] }
const ubuntu: System = { platform: 'linux', isRoot: true, family: ['ubuntu', 'debian'] }

function commandFor(missing: Need[], system: System): string | undefined {
  const recipe = recipeFor(missing, system)
  return recipe === undefined ? undefined : asOneCommand(recipe)
}

describe('what the tests need of a machine', () => {
  it.each<[string, Need[], System, string]>([
    ['Debian', all, debian, 'apt-get update && apt-get install -y --no-install-recommends docker.io iptables iproute2 busybox-static chromium'],
    ['Debian with an engine', ['busybox'], debian, 'apt-get update && apt-get install -y --no-install-recommends busybox-static'],
    ['Debian, not root', ['chromium'], { ...debian, isRoot: false }, 'sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium'],
    ['Ubuntu, whose chromium is a snap', all, ubuntu, 'apt-get update && apt-get install -y --no-install-recommends docker.io iptables iproute2 busybox-static && npx playwright install --with-deps chromium'],
    ['Ubuntu that lacks only a browser', ['chromium'], ubuntu, 'npx playwright install --with-deps chromium'],
    ['Fedora', ['engine'], { platform: 'linux', isRoot: false, family: ['fedora'] }, 'sudo dnf install -y moby-engine iptables iproute'],
    ['macOS', ['engine', 'chromium'], { platform: 'darwin', isRoot: false, family: [] }, 'brew install docker colima google-chrome && colima start'],
    ['Windows', ['engine'], { platform: 'win32', isRoot: false, family: [] }, 'winget install Docker.DockerDesktop'],
  ])('%s', (_, missing, system, command) => {
    expect(commandFor(missing, system)).toBe(command)
  })

  it('is installed by us as root on Debian and its kin only', () => {
    const systems: System[] = [debian, ubuntu, { ...debian, isRoot: false }, { platform: 'linux', isRoot: true, family: ['fedora'] }, { platform: 'darwin', isRoot: true, family: [] }]
    expect(systems.map((system) => recipeFor(all, system)?.ours)).toEqual([true, true, false, false, false])
  })

  it('is left to its owner where we know of no way', () => {
    expect(commandFor(all, { platform: 'linux', isRoot: true, family: ['nixos'] })).toBeUndefined()
  })
})
