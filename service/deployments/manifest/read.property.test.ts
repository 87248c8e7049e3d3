import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManifestReport } from '../../../contract/nouns/deployment.ts'
import { App } from '../../../contract/wire/v1/app.ts'
import { composeSchema } from './schema/validate.ts'
import { readManifest } from './read.ts'
import type { ManifestResult } from './types.ts'

/** Whatever went in: a report of the right shape, an app only when all is well, and nothing of the computer in it. */
function check(files: Record<string, string>, env: Record<string, string> = {}): ManifestResult {
  const encoded = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text).toString('base64')]))
  const result = readManifest({ entry: 'compose.yaml', files: encoded, env })
  ManifestReport.parse(result.report)
  expect(result.report.ok).toBe(result.manifest !== null)
  expect(result.report.ok).toBe(result.report.errors.length === 0)
  for (const note of [...result.report.errors, ...result.report.warnings]) {
    expect(note.line).toBeGreaterThan(0)
    expect(note.key.length).toBeLessThanOrEqual(200)
    expect(note.message.replace(/“[^”]*”/g, '')).not.toMatch(/undefined|\[object|NaN|\{\w+\}/)
    expect(note.message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  }
  if (result.manifest !== null) App.parse(result.manifest.app)
  for (const path of result.report.missingFiles) expect(path).not.toMatch(/^\/|^[a-z]:|(^|\/)\.\.(\/|$)/i)
  expect(Object.prototype).not.toHaveProperty('polluted')
  return result
}

const keys = [...Object.keys(composeSchema.properties), ...Object.keys(composeSchema.definitions.service.properties), ...Object.keys(composeSchema.definitions.deployment.properties), 'web', 'x-depin', 'disk', 'budget', 'copies', 'grace', 'regions', '__proto__', 'constructor', 'toString', '<<']
const path = fc.oneof(fc.constantFrom('../x', '/etc/passwd', './a.txt', 'C:\\x', '~', '..', './../../x', 'a\0b', '/var/run/docker.sock', '${A}', './dir/'), fc.string())
const leaf = fc.oneof(fc.constantFrom('nginx', 'true', '-1', '0', '1e999', '99999999999999999999', '80:80', '../x:/y', './a.txt:/b:ro', 'data:/data', '${A:-${B:?no}}', '$', '1m', '512m', 'host', 'service:web', '', 'KEY=value'), fc.double(), fc.bigInt(), fc.boolean(), fc.constant(null), path, fc.string({ unit: 'binary' }))

/** Anything a compose file could look like from far away. */
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...keys), tie('node')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries) as unknown)),
})).node

const print = (node: unknown) => JSON.stringify(node, (_, one: unknown) => typeof one === 'bigint' ? Number(one) : one)

describe('whatever the file is', () => {
  test('text without sense', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.array(fc.constantFrom('services:', '\n', '  ', '- ', 'a', ': ', '&x', '*x', '!t', '"', '\'', '[', '{', '}', ']', '|', '>', '#', '---', '\t', '%', '<<', '$', '${', 'image', 'web'), { maxLength: 60 }).map((parts) => parts.join(''))), (text) => {
      check({ 'compose.yaml': text })
    }), { numRuns: 400 })
  })

  test('known keys with any values', () => {
    fc.assert(fc.property(value, value, (service, rest) => {
      check({ 'compose.yaml': `services:\n  web: ${print(service)}\n  two:\n    image: x\n    depends_on: ${print(rest)}\nvolumes: ${print(rest)}\n`, 'a.txt': 'x' }, { A: 'a' })
    }), { numRuns: 400 })
  })

  test('one key of a service with any value', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.keys(composeSchema.definitions.service.properties)), value, (key, node) => {
      check({ 'compose.yaml': `services:\n  web:\n    image: nginx\n    ${key}: ${print(node)}\n  data:\n    image: x\n`, 'a.txt': 'x' })
    }), { numRuns: 800 })
  })

  test('a good file with something changed in it', () => {
    const good = 'name: shop\ninclude: [more.yml]\nx-base: &base\n  restart: always\n  environment: {A: "${A:-1}"}\nservices:\n  web:\n    <<: *base\n    image: nginx:1.29\n    ports: ["8080:80"]\n    volumes: [./a.txt:/a:ro, data:/data]\n    secrets: [s]\n    healthcheck: {test: [CMD, "true"], interval: 10s}\n    deploy: {resources: {limits: {cpus: "0.5", memory: 64M}}}\n  job: {extends: {service: web}, depends_on: [web]}\nvolumes: {data: null}\nsecrets: {s: {environment: A}}\nx-depin: {budget: 5, copies: 2}\n'
    const changed = fc.tuple(fc.nat(good.length), fc.nat(12), fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('\n', ': ', '- ', '*base', '&', '"', '\0', '$', '{', '}', '\t', '../', 'null', '[]')))
    expect(check({ 'compose.yaml': good, 'more.yml': 'services: {}', 'a.txt': 'x' }, { A: '1' }).report.ok).toBe(true)
    fc.assert(fc.property(fc.array(changed, { minLength: 1, maxLength: 3 }), (changes) => {
      const text = changes.reduce((all, [at, length, insert]) => all.slice(0, at) + insert + all.slice(at + length), good)
      check({ 'compose.yaml': text, 'more.yml': text, 'a.txt': 'x', '.env': text }, { A: '1' })
    }), { numRuns: 500 })
  })
})

describe('however it is meant', () => {
  test('no path leads out of the project folder', () => {
    const outside = fc.constantFrom('../', '/', '~/', 'C:/', './../', 'a/../../', '..\\', '/./', '//', 'file:///').chain((start) => fc.string({ unit: 'grapheme-ascii', maxLength: 8 }).map((end) => start + end))
    fc.assert(fc.property(outside, (written) => {
      const at = JSON.stringify(written)
      const { report, manifest } = check({ 'compose.yaml': `include: [${at}]\nservices:\n  web:\n    image: x\n    env_file: [${at}]\n    extends: {file: ${at}, service: x}\n    secrets: [s]\n    configs: [c]\n    volumes: [{type: bind, source: ${at}, target: /f.conf, read_only: true}]\nsecrets: {s: {file: ${at}}}\nconfigs: {c: {file: ${at}}}\n`, x: 'services: {x: {image: x}}' })
      expect(manifest).toBeNull()
      expect(report.errors.length).toBeGreaterThanOrEqual(6)
    }))
  })

  test.each<[string, string]>([
    ['aliases of aliases', Array.from({ length: 20 }, (_, level) => `x-${level}: &a${level} [${Array.from({ length: 10 }, () => level === 0 ? 'x' : `*a${level - 1}`).join(',')}]`).join('\n')],
    ['merges of merges', `${Array.from({ length: 200 }, (_, level) => `x-${level}: &a${level} {k${level}: 1${level === 0 ? '' : `, <<: *a${level - 1}`}}`).join('\n')}\nservices: {web: {image: x}}`],
    ['extends of extends', `services:\n  s0: {image: x, environment: [${Array.from({ length: 100 }, (_, index) => `A${index}=1`).join(', ')}]}\n${Array.from({ length: 2000 }, (_, index) => `  s${index + 1}: {extends: s${index % 14}}\n`).join('')}`],
    ['files that include themselves many times', `include: [${Array.from({ length: 100 }, () => 'a.yml').join(', ')}]\nservices: {web: {image: x}}`],
    ['variables of variables', 'services: {web: {image: "$J"}}'],
    ['brackets', '['.repeat(200_000)],
    ['commas', `[${','.repeat(200_000)}]`],
    ['a file larger than any', 'a'.repeat(300_000)],
    ['many keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['unclosed variables', `services: {web: {image: "${'${A:-'.repeat(20_000)}"}}`],
    ['many mistakes', `services: {web: {image: x, ports: [${Array.from({ length: 10_000 }, () => 'true').join(', ')}], ${Array.from({ length: 5000 }, (_, index) => `privilege${index}: 1`).join(', ')}}}`],
    ['many services', `services: {${Array.from({ length: 7000 }, (_, index) => `s${index}: {}`).join(', ')}}`],
    ['one file over and over', `services: {web: {image: x, env_file: [${Array.from({ length: 5000 }, () => '.env').join(', ')}], volumes: [${Array.from({ length: 2000 }, (_, index) => `./.env:/f${index}.env`).join(', ')}], secrets: [${Array.from({ length: 5000 }, () => 's').join(', ')}]}}\nsecrets: {s: {file: .env}}`],
    ['one port range after another', `services: {web: {image: x, ports: [${Array.from({ length: 3000 }, () => '"1-65535"').join(', ')}]}}`],
  ])('%s end soon', (_, text) => {
    const growing = Array.from({ length: 10 }, (_unused, index) => `${'ABCDEFGHIJ'[index] ?? ''}=${index === 0 ? 'x'.repeat(100) : `$${'ABCDEFGHIJ'[index - 1] ?? ''}`.repeat(20)}`).join('\n')
    check({ 'compose.yaml': text, 'a.yml': 'include: [b.yml, b.yml, b.yml]\n', 'b.yml': 'include: [c.yml, c.yml, c.yml]\n', 'c.yml': 'services: {}', '.env': growing })
  }, 5000)
})
