import { describe, expect, test } from 'vitest'
import { readManifest } from './read.ts'
import { errorsOf, read, readOne, service, warningsOf, web } from './sample-projects.ts'

describe('the smallest file', () => {
  test('runs with what a service gets when nothing is said', () => {
    const result = readOne('services:\n  web:\n    image: nginx\n')
    expect(result.manifest).toEqual({
      name: null,
      app: { version: 1, volumes: [], egress: { tier: 'none' }, isolation: null, services: [{
        name: 'web', image: 'nginx', source: null, platform: null, entrypoint: null, command: null, env: {}, workingDir: null, user: null, hostname: null,
        aliases: [], ports: [], volumes: [], tmpfs: [], files: [], dependsOn: [], healthcheck: null, restart: { mode: 'on-failure', maxAttempts: 10 },
        init: true, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 10_000, shmMiB: null,
        cpuMilli: 250, memoryMiB: 256, diskMiB: 1024, pids: 256,
      }] },
      imagePlaces: new Map([['web', expect.objectContaining({ file: 'compose.yaml', line: 3 })]]),
      placement: { copies: 1, budgetMicro: null, maxPriceMonthMicro: null, regions: [], spread: 'host', graceMs: 30_000 },
    })
    expect(result.report).toMatchObject({ ok: true, copies: 1, resources: { cpuMilli: 250, memoryMiB: 256, diskMiB: 1024 }, missingFiles: [], errors: [] })
    expect(result.report.warnings).toMatchObject([{ file: 'compose.yaml', line: 1, key: 'services', message: expect.stringContaining('256 MB of memory and 0.25 of a core') as string }])
  })
})

describe('what is no compose file', () => {
  test.each<[string, RegExp]>([
    ['', /:1 : The file is empty/], ['# only a remark\n', /empty/], ['hello\n', /not a compose file/], ['- a\n', /not a compose file/],
    ['services: {}\n', /no service to run/], ['name: x\n', /no service to run/],
    ['web:\n  image: nginx\n', /:1 web: The service “web” is not under `services:`/],
    ['services:\n  web:\n    image: [\n', /bracket|missing/],
  ])('%j', (compose, message) => {
    expect(errorsOf(readOne(compose))[0]).toMatch(message)
  })

  test('is not there, or is not text', () => {
    expect(readManifest({ entry: 'compose.yaml', files: {}, env: {} }).report).toMatchObject({ ok: false, missingFiles: ['compose.yaml'] })
    const latin = readManifest({ entry: 'compose.yaml', files: { 'compose.yaml': Buffer.from('name: \xe9', 'latin1').toString('base64') }, env: {} })
    expect(errorsOf(latin)[0]).toMatch(/not text in UTF-8/)
  })
})

describe('variables', () => {
  test('come from the environment, then from .env', () => {
    const result = read({ 'compose.yaml': web('environment:\n  A: $A\n  B: ${B}\n  C: ${C:-c}\n  D: $$D'), '.env': 'A=file\nB=file\n' }, { A: 'shell' })
    expect(service(result).env).toEqual({ A: 'shell', B: 'file', C: 'c', D: '$D' })
  })

  test('that are not set are said once, and .env is asked for', () => {
    const result = readOne(web('command: ["$A", "$A"]\nuser: "${B}"'))
    expect(service(result)).toMatchObject({ command: ['', ''], user: null })
    expect(warningsOf(result)).toEqual([expect.stringMatching(/^4 services\.web\.command\[0\]: The variable A is not set/), expect.stringMatching(/^5 .*B is not set/)])
    expect(result.report).toMatchObject({ missingFiles: [], optionalFiles: ['.env'] })
  })

  test('that must be set stop the file', () => {
    expect(errorsOf(readOne(web('environment: ["A=${A:?give one}"]')))).toEqual([expect.stringContaining('compose.yaml:4 services.web.environment[0]: The variable A must have a value: “give one”')])
  })

  test('in numbers and switches, and $PWD', () => {
    const result = read({ 'compose.yaml': web('cpus: ${CPUS}\ninit: ${YES}\nvolumes: ["$PWD/a.conf:/a.conf:ro"]\nports: ["${PORT}:80"]'), 'a.conf': 'x' }, { CPUS: '1.5', YES: 'yes', PORT: '1', PWD: '/home/me' })
    expect(service(result)).toMatchObject({ cpuMilli: 1500, init: true, ports: [80], files: [{ path: '/a.conf' }] })
  })
})

describe('environment', () => {
  test('env_file in order, then environment; null takes the value from outside', () => {
    const result = read({
      'compose.yaml': web('env_file:\n  - a.env\n  - path: conf/b.env\n  - path: c.env\n    required: false\nenvironment:\n  - B=set\n  - C\n  - GONE\n  - E='),
      'a.env': 'A=1\nB=1\n', 'conf/b.env': 'A=$C\nexport D=\'$C\'\n',
    }, { C: 'outside' })
    expect(service(result).env).toEqual({ A: 'outside', B: 'set', C: 'outside', D: '$C', E: '' })
    expect(warningsOf(result)).toEqual(['12 services.web.environment.GONE: The variable GONE has no value here, and none in your environment or .env. Give it one if the app needs it.'])
    expect(result.report).toMatchObject({ missingFiles: [], optionalFiles: ['.env', 'c.env'] })
  })

  test('values are printed as compose prints them', () => {
    expect(service(readOne(web('environment: {A: 1.10, B: true, C: 0x10, D: 5432, E: yes, F: "1.10"}'))).env).toEqual({ A: '1.1', B: 'true', C: '16', D: '5432', E: 'yes', F: '1.10' })
  })

  test('a variable file that is missing, wrong or outside is named', () => {
    expect(errorsOf(read({ 'compose.yaml': web('env_file: [a.env, ../b.env, /etc/c.env, d.env]'), 'd.env': 'A=1\nnot good\n' }))).toEqual([
      expect.stringContaining('compose.yaml:4 services.web.env_file[0]: The variable file “a.env” was not found'),
      expect.stringContaining('compose.yaml:4 services.web.env_file[1]: The variable file “../b.env” is outside'),
      expect.stringContaining('compose.yaml:4 services.web.env_file[2]: The variable file “/etc/c.env” is outside'),
      expect.stringContaining('d.env:2 services.web.env_file[3]: This line is not of the form NAME=value'),
    ])
  })
})

describe('several files', () => {
  test('extends: same file, other file, with the line where a key is written', () => {
    const result = read({
      'compose.yaml': 'services:\n  web:\n    extends: {file: base/common.yml, service: app}\n    environment: [B=2]\n    command: [run]\n  worker:\n    extends: web\n    image: worker\n',
      'base/common.yml': 'services:\n  app:\n    image: app\n    env_file: app.env\n    environment: {A: 1, B: 1}\n    command: [base, args]\n    privileged: ${YES}\n    volumes: [./app.conf:/app.conf:ro]\n  broken: {imag: x}\n',
      'base/app.env': 'C=3\n', 'base/app.conf': 'x',
    }, { YES: 'true' })
    expect(errorsOf(result)).toEqual([expect.stringContaining('base/common.yml:7 services.web.privileged: It gives the app full control')])
  })

  test('extends merges as compose does', () => {
    const result = read({
      'compose.yaml': 'services:\n  web:\n    extends: {file: common.yml, service: app}\n    image: mine\n    environment: [B=2]\n    ports: ["81"]\n    dns: !reset null\n    labels: !override [x=1]\n',
      'common.yml': 'services:\n  app:\n    image: app\n    environment: {A: 1, B: 1}\n    ports: ["80"]\n    command: [a]\n    dns: 1.1.1.1\n    labels: [y=1]\n',
    })
    expect(service(result)).toMatchObject({ image: 'mine', env: { A: '1', B: '2' }, ports: [80, 81], command: ['a'] })
    expect(warningsOf(result)).toEqual([expect.stringMatching(/^8 services\.web\.labels/)])
  })

  test('an override file is not merged, which is said, unless it is included', () => {
    const over = { 'compose.override.yml': 'services: {web: {image: other}}\n' }
    const beside = read({ 'compose.yaml': 'services: {web: {image: nginx}}\n', ...over })
    expect(service(beside)).toMatchObject({ image: 'nginx' })
    const ofOverride = ({ report }: typeof beside) => report.warnings.filter(({ message }) => message.includes('is not merged into it, as docker compose would')).map(({ file }) => file)
    expect(ofOverride(beside)).toEqual(['compose.override.yml'])
    expect(ofOverride(read({ 'compose.yaml': 'include: [{path: [base.yaml, compose.override.yml]}]\n', 'base.yaml': 'services: {web: {image: nginx}}\n', ...over }))).toEqual([])
  })

  test('include: with its own folder and variables, beneath the file that includes it', () => {
    const result = read({
      'compose.yaml': 'include:\n  - db/compose.yml\n  - {path: [cache/a.yml, cache/b.yml], env_file: cache.env}\nservices:\n  web: {image: nginx, depends_on: [db, cache]}\n  db: {image: mine}\n',
      'db/compose.yml': 'services:\n  db:\n    image: postgres:$TAG\n    env_file: db.env\n    volumes: [data:/data]\nvolumes: {data: null}\n', 'db/.env': 'TAG=16\n', 'db/db.env': 'A=$TAG\n',
      'cache/a.yml': 'services:\n  cache: {image: "redis:$TAG", ports: ["1"]}\n', 'cache/b.yml': 'services:\n  cache: {ports: ["2"]}\n', 'cache.env': 'TAG=7\n',
    })
    expect(service(result, 'db')).toMatchObject({ image: 'mine', env: { A: '16' }, volumes: [{ volume: 'data' }] })
    expect(service(result, 'cache')).toMatchObject({ image: 'redis:7', ports: [1, 2] })
  })

  test('what is missing, outside, remote or in a ring', () => {
    const result = read({
      'compose.yaml': 'include: [a.yml, ../b.yml, gone.yml, "https://example.org/c.yml"]\nservices:\n  one: {extends: two}\n  two: {extends: {service: one}}\n  three: {image: x, extends: nobody}\n  four: {image: x, extends: {file: ../x.yml, service: y}}\n',
      'a.yml': 'include: [compose.yaml]\n',
    })
    expect(errorsOf(result).map((error) => error.split('. ')[0])).toEqual([
      'a.yml:1 include[0]: The file “compose.yaml” includes itself, by way of the others it includes.',
      'compose.yaml:1 include[1]: Only files of the project folder can be included, not “../b.yml”',
      'compose.yaml:1 include[2]: The file “gone.yml” was not found in the project folder.',
      'compose.yaml:1 include[3]: Only files of the project folder can be included, not “https://example.org/c.yml”',
      'compose.yaml:3 services.one.extends: This service extends itself, by way of the others it extends.',
      'compose.yaml:3 services.one: The service has no image',
      'compose.yaml:4 services.two.extends: This service extends itself, by way of the others it extends.',
      'compose.yaml:4 services.two: The service has no image',
      'compose.yaml:5 services.three.extends: There is no service “nobody” to extend.',
      'compose.yaml:6 services.four.extends.file: Only files of the project folder can be extended, not “../x.yml”',
    ])
    expect(result.report.missingFiles).toEqual(['gone.yml'])
  })

  test('profiles', () => {
    const compose = web('depends_on: {debug: {condition: service_started, required: false}}', '  debug: {image: x, profiles: [dev, test], privileged: true}\n')
    const result = readOne(compose)
    expect(service(result).dependsOn).toEqual([])
    expect(warningsOf(result)).toEqual(['5 services.debug.profiles: This service is left out: it belongs to the profiles “dev” and “test”. Set COMPOSE_PROFILES to include it.'])
    expect(errorsOf(readOne(compose, { COMPOSE_PROFILES: 'other, test' }))).toEqual([expect.stringContaining('services.debug.privileged')])
    expect(errorsOf(readOne(web('depends_on: [debug]', '  debug: {image: x, profiles: [dev]}\n')))).toEqual([expect.stringContaining('has to start first, and is left out')])
  })
})

describe('the report', () => {
  test('says one line once, whoever uses it', () => {
    const result = readOne('x-common: &common\n  image: nginx\n  labels: [a=1]\n  mem_limit: 1g\nservices:\n  a: *common\n  b: {<<: *common, hostname: b}\n')
    expect(warningsOf(result)).toEqual([expect.stringMatching(/^3 services\.a\.labels: /)])
  })

  test('has no more notes than anybody reads, and nothing hidden in them', () => {
    const many = Array.from({ length: 500 }, (_, index) => `  s${index}:\n    privileged: true\n`).join('')
    expect(errorsOf(readOne(`services:\n${many}`))).toHaveLength(201)
    const [hostile] = readOne('services:\n  "a\\u202Eb\\u001b[31m":\n    image: x\n').report.errors
    expect(`${hostile?.key ?? ''}${hostile?.message ?? ''}`).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test('refuses what is too large to send', () => {
    const big = 'x'.repeat(400_000)
    expect(errorsOf(read({ 'compose.yaml': web('volumes: [./a.txt:/a:ro, ./b.txt:/b:ro, ./c.txt:/c:ro]'), 'a.txt': big, 'b.txt': big, 'c.txt': big }))).toEqual([expect.stringContaining('1 MB can be sent')])
    expect(errorsOf(read({ 'compose.yaml': web('volumes: [./a.txt:/a:ro]'), 'a.txt': big.repeat(2) }))).toEqual([expect.stringContaining('larger than 512 kB')])
    expect(errorsOf(readOne(`services:\n${Array.from({ length: 33 }, (_, index) => `  s${index}: {image: x}\n`).join('')}`))).toEqual([expect.stringContaining('an app can have 32')])
  })
})

test('where an image is named is known for each service, in an included file and through an anchor too', () => {
  const { manifest } = read({ 'compose.yaml': 'include: [sub/store.yml]\nx-base: &base\n  image: nginx\nservices:\n  Web:\n    <<: *base\n', 'sub/store.yml': 'services:\n  store: {image: redis}\n' })
  expect([...manifest?.imagePlaces ?? []].map(([service, { file, line }]) => `${service} ${file}:${line}`).sort()).toEqual(['store sub/store.yml:2', 'web compose.yaml:3'])
})
