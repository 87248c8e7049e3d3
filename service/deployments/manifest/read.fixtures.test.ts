import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readManifest } from './read.ts'
import type { ManifestResult } from './types.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

/** Reads a project as a client does: sends the compose file, then what it is asked for, until nothing more is there. */
function readProject(name: string): ManifestResult {
  const folder = join(fixtures, name)
  const entry = readdirSync(folder).find((file) => file.includes('compose')) ?? ''
  const files = new Map<string, string>()
  const send = (path: string): boolean => {
    const stat = statSync(join(folder, path), { throwIfNoEntry: false })
    if (stat?.isDirectory() === true) return readdirSync(join(folder, path)).map((file) => send(join(path, file))).includes(true)
    if (stat === undefined || files.has(path)) return false
    files.set(path, readFileSync(join(folder, path)).toString('base64'))
    return true
  }
  send(entry)
  for (;;) {
    const result = readManifest({ entry, files: Object.fromEntries(files), env: { SHOP_KEY: 'k3y' } })
    const asked = [...result.report.missingFiles, ...result.report.optionalFiles ?? []]
    if (!asked.map(send).includes(true)) return result
  }
}

const said = (notes: { line: number, key: string }[]) => notes.map(({ line, key }) => `${line} ${key}`)

describe('projects that run', () => {
  test.each<[string, string[]]>([
    ['blog', ['1 services', '5 services.wordpress.ports', '26 services.db.volumes[0]']],
    ['site', ['3 services', '6 services.web.container_name', '7 services.web.ports[2]', '7 services.web.ports', '9 services.web.volumes[0]', '10 services.web.volumes[1]', '11 services.web.volumes[2]', '12 services.web.volumes[3]', '13 services.web.read_only', '14 services.web.logging']],
    ['shop', ['14 services', '19 services.web.ports', '29 services.mail.profiles']],
    ['queue', ['24 services.worker.scale']],
    ['secrets', ['1 services', '4 services.adminer.ports', '17 services.db.networks.back.ipv4_address', '18 services.db.ulimits', '26 networks', '28 networks.back.internal', '28 networks.back.ipam']],
  ])('%s', (name, warnings) => {
    const { report, manifest } = readProject(name)
    expect(report.errors).toEqual([])
    expect(manifest).not.toBeNull()
    expect(said(report.warnings)).toEqual(warnings)
    expect(report.missingFiles).toEqual([])
  })

  test('shop: several files and x-depin come together', () => {
    const { manifest } = readProject('shop')
    expect(manifest).toMatchObject({ name: 'shop', placement: { copies: 2, budgetMicro: 20_000_000n, regions: ['TZ', 'KE'], spread: 'region', graceMs: 60_000 } })
    const services = Object.fromEntries(manifest?.app.services.map((service) => [service.name, service]) ?? [])
    expect(Object.keys(services)).toEqual(['db', 'web', 'worker'])
    expect(services['db']).toMatchObject({ image: 'postgres:17', shmMiB: 128, volumes: [{ volume: 'data' }] })
    expect(services['worker']).toMatchObject({
      image: 'ghcr.io/example/shop:1.0', command: ['work', '--forever'], ports: [], init: true, diskMiB: 2048, restart: { mode: 'always' },
      env: { SHOP_DB: 'postgres://shop@db/shop', SHOP_NAME: 'The $hop', NODE_ENV: 'production', SHOP_KEY: 'k3y' },
      dependsOn: [{ service: 'db', condition: 'started', required: true }],
    })
  })
})

describe('projects that do not run, and why', () => {
  test.each<[string, string[]]>([
    ['legacy', ['6 services.app.volumes_from', '13 services.mongo.net']],
    ['dev', ['3 services.web.build', '8 services.web.volumes[0]']],
    ['proxy', ['6 services.traefik.volumes[0]']],
    ['vpn', ['6 services.wireguard.cap_add[1]', '7 services.wireguard.cap_add[2]', '8 services.wireguard.sysctls', '13 services.wireguard.volumes[1]', '16 services.torrent.network_mode']],
    ['watch', ['4 services.node-exporter.pid', '5 services.node-exporter.network_mode', '6 services.node-exporter.privileged', '7 services.node-exporter.userns_mode', '8 services.node-exporter.volumes[0]', '11 services.cadvisor.devices', '12 services.cadvisor.ipc', '13 services.cadvisor.cgroup_parent']],
    ['model', ['5 services.ollama.runtime', '9 services.ollama.deploy.resources.reservations.devices', '13 services.chat.gpus', '16 volumes.ollama.driver']],
    ['misspelt', ['4 services.web.port', '5 services.web.enviroment', '9 services.web.depends_on.db.condition', '10 services.web.command[1]', '11 services.web.restart', '14 services.db.replicas']],
  ])('%s', (name, errors) => {
    const { report, manifest } = readProject(name)
    expect(manifest).toBeNull()
    expect(said(report.errors)).toEqual(errors)
    for (const { message } of report.errors) expect(message).toMatch(/^.{15,}\.$|\?$/)
  })
})
