import { describe, expect, it } from 'vitest'
import { type EngineSighting, installedEngines } from '../engine/index.ts'
import { foundEngines } from './found.ts'
import { examples } from './machine/examples/examples.ts'
import { factsFrom } from './machine/facts.ts'
import type { Recorded } from './machine/recorded.ts'

function found(name: string, sightings: Partial<EngineSighting>[], change: Partial<Recorded> = {}): string[] {
  const facts = factsFrom({ ...examples.find((example) => example.name === name)!.recorded, ...change })
  const full = sightings.map((sighting): EngineSighting => ({ place: '', foundBy: '', state: 'ready', kind: 'docker', version: '27.0', reason: '', update: null, ...sighting }))
  return foundEngines(facts, full).map(({ product, state, canStart }) => `${product} ${state}${canStart ? ', can be started' : ''}`)
}

describe('the engines that there are', () => {
  it('are told to be startable exactly where a recipe starts them', () => {
    const everything = { programs: ['dockerd', 'podman', 'colima', 'rdctl'], paths: ['/opt/docker-desktop', '/Applications/Docker.app', '/Applications/OrbStack.app', '/Applications/Rancher Desktop.app', 'C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe', 'C:\\Program Files\\Rancher Desktop\\Rancher Desktop.exe'] }
    for (const { name, recorded } of examples) {
      for (const programs of [everything.programs, everything.programs.filter((program) => program !== 'rdctl')]) {
        const facts = factsFrom({ ...recorded, programs: [...recorded.programs, ...programs], paths: [...recorded.paths, ...everything.paths] })
        const byRecipe = foundEngines(facts, []).map(({ product, canStart }) => `${name} ${product} ${canStart}`)
        expect(installedEngines(facts.platform, facts).map(({ product, canStart }) => `${name} ${product} ${canStart}`).toSorted()).toEqual(byRecipe.toSorted())
      }
    }
  })


  it.each<[string, string, string[]]>([
    ['debian', 'unix:///var/run/docker.sock', ['docker running']],
    ['macos', 'unix:///var/run/docker.sock', ['docker-desktop running']],
    ['macos', 'unix:///Users/amina/.docker/run/docker.sock', ['docker-desktop running']],
    ['macos', 'unix:///Users/amina/.orbstack/run/docker.sock', ['orbstack running']],
    ['macos', 'unix:///Users/amina/.colima/default/docker.sock', ['colima running']],
    ['macos', 'unix:///Users/amina/.rd/docker.sock', ['rancher-desktop running']],
    ['windows', 'npipe:////./pipe/dockerDesktopLinuxEngine', ['docker-desktop running']],
    ['windows', 'npipe:////./pipe/podman-machine-default', ['podman running']],
  ])('on %s at %s', (name, place, expected) => {
    expect(found(name, [{ place }])).toEqual(expected)
  })

  it('are known by who made the context, too', () => {
    expect(found('macos', [{ place: 'unix:///srv/x.sock', foundBy: 'docker context rancher-desktop' }])).toEqual(['rancher-desktop running'])
    expect(found('debian', [{ place: 'unix:///srv/x.sock', foundBy: 'DOCKER_HOST' }])).toEqual(['unknown running'])
    expect(found('debian', [{ place: 'unix:///var/run/docker.sock', kind: 'podman' }])).toEqual(['podman running'])
  })

  it('include those that are installed and do not run', () => {
    expect(found('debian', [], { programs: ['dockerd'] })).toEqual(['docker stopped, can be started'])
    expect(found('macos', [], { paths: ['/Applications/Docker.app', '/Applications/OrbStack.app'] })).toEqual(['docker-desktop stopped, can be started', 'orbstack stopped, can be started'])
    expect(found('windows', [], { paths: ['C:\\Program Files\\Docker\\Docker\\Docker Desktop.exe'] })).toEqual(['docker-desktop stopped, can be started'])
    expect(found('debian', [{ place: 'unix:///var/run/docker.sock' }], { programs: ['dockerd'] })).toEqual(['docker running'])
  })

  it('tell a stopped one from a hung one, and from one that is not ours to use', () => {
    const place = 'unix:///var/run/docker.sock'
    expect(found('debian', [{ place, state: 'silent', reason: 'refuses connections' }])).toEqual(['docker stopped, can be started'])
    expect(found('debian', [{ place, state: 'hung', reason: 'does not answer' }])).toEqual(['docker hung'])
    expect(found('ubuntu', [{ place, state: 'forbidden', reason: 'you may not use it' }])).toEqual(['docker forbidden'])
    expect(found('debian', [{ place, state: 'unsafe', reason: 'runc 1.1 has a known hole.', update: 'Update it.' }])).toEqual(['docker unsafe'])
  })

  it('come with those that run first', () => {
    expect(found('macos', [{ place: '/x/.colima/docker.sock', state: 'unfit', reason: 'is old' }, { place: '/x/.rd/docker.sock' }])).toEqual(['rancher-desktop running', 'colima unfit'])
  })
})
