import { describe, expect, test } from 'vitest'
import { readManifest } from './read.ts'
import { errorsOf, read, readOne, service, warningsOf, web } from './sample-projects.ts'

const text = (content: Uint8Array) => Buffer.from(content).toString()

describe('secrets and configs', () => {
  test('become files of the service', () => {
    const result = read({
      'compose.yaml': `services:
  web:
    image: nginx
    secrets: [db, {source: token, target: api-token, mode: 0440, uid: "1000"}, {source: token, target: /etc/token}]
    configs: [{source: site, target: /etc/nginx/conf.d/site.conf}, motd]
secrets:
  db: {file: ./secrets/db.txt}
  token: {environment: TOKEN}
configs:
  site: {content: "server { listen \${PORT:-80}; }"}
  motd: {file: motd}
`, 'secrets/db.txt': 'hunter2\n', motd: 'hi',
    }, { TOKEN: 't0k' })
    expect(service(result).files.map((file) => ({ ...file, content: text(file.content) }))).toEqual([
      { path: '/run/secrets/db', content: 'hunter2\n', mode: 0o444, uid: 0, gid: 0 },
      { path: '/run/secrets/api-token', content: 't0k', mode: 0o440, uid: 1000, gid: 0 },
      { path: '/etc/token', content: 't0k', mode: 0o444, uid: 0, gid: 0 },
      { path: '/etc/nginx/conf.d/site.conf', content: 'server { listen 80; }', mode: 0o444, uid: 0, gid: 0 },
      { path: '/motd', content: 'hi', mode: 0o444, uid: 0, gid: 0 },
    ])
  })

  test('without content are refused where they are described', () => {
    const result = readOne(web('secrets: [a, b, c, d, e, f]', 'secrets:\n  a: {file: ./a}\n  b: {environment: NOT_SET}\n  c: {external: true}\n  d: {file: ../d}\n  e: {}\n'))
    expect(errorsOf(result)).toEqual([
      expect.stringContaining(':4 services.web.secrets[5]: There is no secret “f”'),
      expect.stringContaining(':6 secrets.a.file: The file “./a” was not found'),
      expect.stringContaining(':7 secrets.b.environment: The variable “NOT_SET” is not set'),
      expect.stringContaining(':8 secrets.c.external: A secret kept by other software'),
      expect.stringContaining(':9 secrets.d.file: The file “../d” is outside'),
      expect.stringContaining(':10 secrets.e: The secret “e” has no content'),
    ])
    expect(result.report.missingFiles).toEqual(['a'])
  })
})

describe('what starts, and how', () => {
  test('commands as text and as lists', () => {
    expect(service(readOne(web('entrypoint: /bin/run --now\ncommand: ["a b", c]')))).toMatchObject({ entrypoint: ['/bin/run', '--now'], command: ['a b', 'c'] })
    expect(service(readOne(web('entrypoint: []\ncommand: null')))).toMatchObject({ entrypoint: [], command: null })
    const cut = readOne(web('command: npm i && npm start'))
    expect(service(cut).command).toEqual(['npm', 'i'])
    expect(warningsOf(cut)).toEqual([expect.stringMatching(/^4 services\.web\.command: No shell reads this command/)])
    expect(errorsOf(readOne(web('command: echo "x')))).toEqual([expect.stringContaining(':4 services.web.command: A quote or a bracket')])
  })

  test('health checks', () => {
    expect(service(readOne(web('healthcheck: {test: curl -f localhost, interval: 1m30s, timeout: 5s, retries: 5, start_period: 40s}'))).healthcheck)
      .toEqual({ test: ['CMD-SHELL', 'curl -f localhost'], intervalMs: 90_000, timeoutMs: 5000, startPeriodMs: 40_000, retries: 5 })
    expect(service(readOne(web('healthcheck: {test: [CMD, pg_isready], interval: 0s}'))).healthcheck)
      .toEqual({ test: ['CMD', 'pg_isready'], intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, retries: 3 })
    for (const off of ['disable: true', 'test: [NONE]']) expect(service(readOne(web(`healthcheck: {${off}}`))).healthcheck).toBe('none')
    const timing = readOne(web('healthcheck: {interval: 5s}'))
    expect(service(timing).healthcheck).toBeNull()
    expect(warningsOf(timing)).toEqual([expect.stringContaining('It has times and no test')])
    expect(errorsOf(readOne(web('healthcheck:\n  test: [curl, x]\n  interval: soon')))).toEqual([expect.stringContaining(':5 services.web.healthcheck.test: A test that is a list begins with')])
  })

  test('dependencies, short and long, and links', () => {
    const result = readOne(web(
      'depends_on:\n  db: {condition: service_healthy}\n  setup: {condition: service_completed_successfully, required: false}\nlinks: [cache:redis]',
      '  db: {image: postgres}\n  setup: {image: busybox}\n  cache: {image: redis, depends_on: [db]}\n'))
    expect(service(result).dependsOn).toEqual([
      { service: 'cache', condition: 'started', required: true },
      { service: 'db', condition: 'healthy', required: true },
      { service: 'setup', condition: 'completed', required: false },
    ])
    expect(service(result, 'cache')).toMatchObject({ aliases: ['redis'], dependsOn: [{ service: 'db', condition: 'started', required: true }] })
  })

  test('dependencies that cannot be kept', () => {
    expect(errorsOf(readOne(web('depends_on: [db, web]', '  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n')))).toEqual([
      expect.stringContaining(':4 services.web.depends_on.db: There is no service “db” to wait for'),
      expect.stringContaining(':4 services.web.depends_on.web: The service waits for itself'),
      expect.stringContaining(':5 services.a.depends_on: These services wait for each other, so none can start: “a”, “b” and “a”'),
    ])
  })

  test('restart, signals and the rest', () => {
    expect(service(readOne(web('restart: on-failure:3\nstop_signal: quit\nstop_grace_period: 1m30s\ninit: true\ntty: true\nstdin_open: true\nuser: "1000:1000"\nworking_dir: /srv/./app/\nplatform: linux/ARM64\nhostname: box')))).toMatchObject({
      restart: { mode: 'on-failure', maxAttempts: 3 }, stopSignal: 'SIGQUIT', stopGraceMs: 90_000, init: true, tty: true, stdinOpen: true,
      user: '1000:1000', workingDir: '/srv/app', platform: 'linux/arm64', hostname: 'box',
    })
    expect(service(readOne(web('restart: unless-stopped'))).restart).toEqual({ mode: 'always', maxAttempts: null })
    expect(service(readOne(web('restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 2}}'))).restart).toEqual({ mode: 'on-failure', maxAttempts: 2 })
    expect(errorsOf(readOne(web('restart: sometimes\nworking_dir: ../x')))).toHaveLength(2)
  })
})

describe('what is reserved', () => {
  test('from deploy, else from the older keys, else from reservations', () => {
    expect(service(readOne(web('cpus: "2"\nmem_limit: 1g\npids_limit: 100\nshm_size: 128m\nx-depin: {disk: 5g}')))).toMatchObject({ cpuMilli: 2000, memoryMiB: 1024, pids: 100, shmMiB: 128, diskMiB: 5120 })
    expect(service(readOne(web('cpus: 2\nmem_limit: 1g\ndeploy: {resources: {limits: {cpus: "0.5", memory: 512M, pids: 50}}}')))).toMatchObject({ cpuMilli: 500, memoryMiB: 512, pids: 50 })
    expect(service(readOne(web('mem_limit: 0\npids_limit: -1\ncpu_quota: 50000\ndeploy: {resources: {reservations: {memory: 1500M}}}')))).toMatchObject({ cpuMilli: 500, memoryMiB: 1500, pids: 4096 })
    expect(service(readOne(web('mem_limit: 536870912\nstorage_opt: {size: 2G}')))).toMatchObject({ memoryMiB: 512, diskMiB: 2048 })
    expect(errorsOf(readOne(web('mem_limit: lots\ncpus: many')))).toEqual([expect.stringMatching(/:4 .*mem_limit: “lots” is not a size/), expect.stringMatching(/:5 .*cpus: “many” is not a number of cores/)])
  })

  test('amounts that make no sense are refused, not taken for no limit', () => {
    expect(errorsOf(readOne(web('mem_limit: -5m\ncpus: -2\npids_limit: -77\nshm_size: -64m')))).toEqual([
      expect.stringMatching(/:4 .*mem_limit: “-5m” is not a size/),
      expect.stringMatching(/:5 .*cpus: “-2” is not a number of cores/),
      expect.stringMatching(/:6 .*pids_limit: “-77” is not a whole number/),
      expect.stringMatching(/:7 .*shm_size: “-64m” is not a size/),
    ])
  })

  test('copies are copies of the whole app', () => {
    const result = readOne(web('deploy: {replicas: 3}', '  db: {image: postgres, scale: 2}\n  once: {image: x, deploy: {replicas: 0}}\n'))
    expect(result.manifest?.placement.copies).toBe(3)
    expect(result.report).toMatchObject({ copies: 3, resources: { cpuMilli: 500 } })
    expect(warningsOf(result)).toEqual([expect.stringContaining('every service runs 3 times'), expect.stringContaining('asks for no copies')])
    expect(readOne(web('scale: 2', 'x-depin: {copies: 1}\n')).manifest?.placement.copies).toBe(1)
  })
})

describe('x-depin', () => {
  test('says where and for how much', () => {
    const result = readOne(web('init: true', 'x-depin:\n  budget: 20.5\n  max_price: $5/month\n  regions: [TZ, br-pe]\n  spread: region\n  copies: 2\n  grace: 1m\n'))
    expect(result.manifest?.placement).toEqual({ budgetMicro: 20_500_000n, maxPriceMonthMicro: 5_000_000n, regions: ['TZ', 'BR-PE'], spread: 'region', copies: 2, graceMs: 60_000 })
  })

  test('says what the app may reach, and how far it is to be kept apart', () => {
    const app = (options: string) => readOne(web('init: true', `x-depin: ${options}\n`)).manifest?.app
    expect(app('{copies: 1}')).toMatchObject({ egress: { tier: 'none' }, isolation: null })
    expect(app('{egress: open, isolation: sandbox}')).toMatchObject({ egress: { tier: 'open' }, isolation: 'sandbox' })
    expect(app('{egress: "*.Example.org"}')).toMatchObject({ egress: { tier: 'domains', domains: ['*.example.org'] } })
    expect(app('{egress: API.example.org}')).toMatchObject({ egress: { tier: 'domains', domains: ['api.example.org'] } })
    expect(app('{egress: [a.example.org, a.example.org., b.example.org]}')).toMatchObject({ egress: { tier: 'domains', domains: ['a.example.org', 'b.example.org'] } })
    expect(errorsOf(readOne(web('init: true', 'x-depin:\n  egress: [10.0.0.1, "*.org", "a.*.example.org"]\n  isolation: vm\n')))).toEqual([
      expect.stringContaining('x-depin.egress[0]: “10.0.0.1” is not a name on the internet'),
      expect.stringContaining('x-depin.egress[1]: “*.org” is not a name on the internet'),
      expect.stringContaining('x-depin.egress[2]: “a.*.example.org” is not a name on the internet'),
      expect.stringContaining('x-depin.isolation: “vm” is no way to keep apps apart. Write container, userns, sandbox.'),
    ])
  })

  test('is held against what it knows', () => {
    expect(errorsOf(readOne(web('x-depin: {disc: 1g}', 'x-depin:\n  budgets: 1\n  max_price: cheap\n  regions: [Mars]\n  spread: wide\n  copies: 0\n  grace: 1y\n')))).toEqual([
      expect.stringContaining(':4 services.web.x-depin.disc: `x-depin` knows no key “disc” here. Did you mean `disk`?'),
      expect.stringContaining(':6 x-depin.budgets: `x-depin` knows no key “budgets” here. Did you mean `budget`?'),
      expect.stringContaining(':7 x-depin.max_price: “cheap” is not an amount'),
      expect.stringContaining(':8 x-depin.regions[0]: “Mars” is not a region'),
      expect.stringContaining(':9 x-depin.spread: “wide” is no way to spread'),
      expect.stringContaining(':10 x-depin.copies: “0” is not a whole number from 1 to 100'),
      expect.stringContaining(':11 x-depin.grace: “1y” is not a duration'),
    ])
    expect(errorsOf(readOne(web('init: true', 'x-depin: [1]\n')))).toEqual([expect.stringContaining('holds lines such as')])
  })
})

describe('the network', () => {
  test('ports are reached by forward; other protocols are not', () => {
    const result = readOne(web('ports:\n  - "8080:80"\n  - 443\n  - {target: 9000, published: 9000}\n  - "53:53/udp"\nexpose: ["3000-3001"]'))
    expect(service(result).ports).toEqual([80, 443, 9000, 3000, 3001])
    expect(warningsOf(result)).toEqual([
      '4 services.web.ports: Nothing is opened on the host. Reach the app from your computer with `depin forward NAME web:80`.',
      '8 services.web.ports[3]: Port 53 (“udp”) cannot be reached from outside: only TCP is forwarded. The other services of the app still reach it.',
    ])
    expect(errorsOf(readOne(web('ports: ["web"]')))).toEqual([expect.stringContaining(':4 services.web.ports[0]: “web” is not a port')])
  })

  test('names: service, container, aliases; one network for all', () => {
    const result = readOne('services:\n  Web_1:\n    image: nginx\n    container_name: site\n    networks: {front: {aliases: [www]}}\n  db:\n    image: postgres\n    networks: [back]\nnetworks:\n  front: {external: true}\n  back: {internal: true, driver: overlay}\n')
    expect(service(result, 'web_1').aliases).toEqual(['Web_1', 'site', 'www'])
    expect(warningsOf(result)).toEqual([
      expect.stringMatching(/^4 services\.Web_1\.container_name: The host names it\. .* “site”\.$/),
      expect.stringMatching(/^9 networks: All services of the app are on one private network/),
      expect.stringMatching(/^10 networks\.front\.external: /), expect.stringMatching(/^11 networks\.back\.internal: /), expect.stringMatching(/^11 networks\.back\.driver: /),
    ])
  })
})

describe('volumes', () => {
  test('named, anonymous and tmpfs', () => {
    const result = readOne(web('volumes:\n  - Data:/data\n  - Data:/again:ro\n  - /var/cache\n  - {type: volume, source: logs, target: /logs/, read_only: true}\n  - {type: tmpfs, target: /scratch, tmpfs: {size: 10m}}\ntmpfs: ["/run:size=16m,mode=1777", /tmp]', 'volumes: {Data: null, logs: {}}\n'))
    expect(service(result)).toMatchObject({
      volumes: [{ volume: 'data', path: '/data', readOnly: false }, { volume: 'data', path: '/again', readOnly: true }, { volume: 'web-var-cache', path: '/var/cache', readOnly: false }, { volume: 'logs', path: '/logs', readOnly: true }],
      tmpfs: [{ path: '/scratch', sizeMiB: 10 }, { path: '/run', sizeMiB: 16 }, { path: '/tmp', sizeMiB: 64 }],
    })
    expect(result.manifest?.app.volumes).toEqual(['data', 'web-var-cache', 'logs'])
  })

  test('files of the project travel with the app', () => {
    const files = { 'compose.yaml': web('volumes:\n  - ./nginx.conf:/etc/nginx/nginx.conf:ro\n  - ./run.sh:/run.sh\n  - {type: bind, source: ./conf.d, target: /etc/conf.d, read_only: true}'), 'nginx.conf': 'x', 'run.sh': '#!/bin/sh\n', 'conf.d/a.conf': 'a', 'conf.d/sub/b.conf': 'b' }
    const result = read(files)
    expect(service(result).files.map(({ path, mode }) => [path, mode])).toEqual([['/etc/nginx/nginx.conf', 0o444], ['/run.sh', 0o555], ['/etc/conf.d/a.conf', 0o444], ['/etc/conf.d/sub/b.conf', 0o444]])
    expect(warningsOf(result).map((warning) => warning.split(':')[0])).toEqual(['5 services.web.volumes[0]', '6 services.web.volumes[1]', '7 services.web.volumes[2]'])
    const without = read({ 'compose.yaml': files['compose.yaml'] })
    expect(errorsOf(without)).toHaveLength(3)
    expect(without.report.missingFiles).toEqual(['conf.d', 'nginx.conf', 'run.sh'])
  })

  test('folders the app writes to become volumes, begun with the files that were sent', () => {
    const result = read({ 'compose.yaml': web('volumes:\n  - ./data/db:/var/lib/db\n  - ~/media:/media\n  - ./site:/srv', '  two:\n    image: x\n    volumes: [./data/db:/db]\n'), 'site/index.html': 'hi' })
    expect(service(result)).toMatchObject({
      volumes: [{ volume: 'data-db', path: '/var/lib/db' }, { volume: 'media', path: '/media' }, { volume: 'site', path: '/srv' }],
      files: [{ path: '/srv/index.html', mode: 0o644 }],
    })
    expect(service(result, 'two').volumes).toMatchObject([{ volume: 'data-db', path: '/db' }])
    expect(warningsOf(result)).toEqual([expect.stringContaining('begins empty'), expect.stringContaining('“~/media”'), expect.stringContaining('begins with the file in it now'), expect.stringContaining('/db that begins empty')])
    expect(result.report.optionalFiles).toEqual(['data/db', 'site'])
  })

  test('what the client could not send is said at the line that names it', () => {
    const text = web('env_file: [a.env, {path: b.env, required: false}]\nvolumes:\n  - ./html:/html:ro\n  - ./data:/data', 'secrets: {key: {file: key.pem}}\n').replace('    image', '    secrets: [key]\n    image')
    const reasons = Object.fromEntries(['a.env', 'b.env', 'html', 'data', 'key.pem'].map((path) => [path, `${path} is too large.`]))
    const result = readManifest({ entry: 'compose.yaml', files: { 'compose.yaml': Buffer.from(text).toString('base64') }, env: {}, leftBehind: reasons })
    expect(errorsOf(result).map((error) => error.slice(error.indexOf(' ') + 1)).toSorted()).toEqual([
      'secrets.key.file: key.pem is too large.',
      'services.web.env_file[0]: a.env is too large.',
      'services.web.env_file[1]: b.env is too large.',
      'services.web.volumes[0]: html is too large. The app would miss it. Put it into the image, let the app download it, or remove the line.',
    ])
    expect(warningsOf(result).join()).toContain('at /data that begins empty (data is too large) and lives')
  })

  test('paths of the computer are not reached', () => {
    const result = readOne(web('volumes:\n  - /var/run/docker.sock:/var/run/docker.sock\n  - /etc/localtime:/etc/localtime:ro\n  - /proc:/host/proc:ro\n  - .:/app\n  - ../secrets.yml:/s.yml\n  - ./init:/docker-entrypoint-initdb.d\n  - /:/rootfs\n  - \\\\.\\pipe\\docker_engine:/x\n  - C:\\conf\\a.ini:/a.ini\n  - /dev/urandom:/dev/random:ro'))
    expect(errorsOf(result).map((error) => error.replace('compose.yaml:', '').slice(0, 60))).toEqual([
      '5 services.web.volumes[0]: It would let the app control the ',
      '7 services.web.volumes[2]: The app asks to look into the com',
      '8 services.web.volumes[3]: The whole project folder cannot b',
      '9 services.web.volumes[4]: The app would miss “../secrets.ym',
      '10 services.web.volumes[5]: The app would miss “./init”: not',
      '11 services.web.volumes[6]: The app asks to look into the co',
      '12 services.web.volumes[7]: It would let the app control the',
      '13 services.web.volumes[8]: The app would miss “C:\\conf\\a.in',
    ])
    expect(warningsOf(result)).toEqual([expect.stringMatching(/^6 .*Set the variable TZ/), expect.stringMatching(/^14 .*The app has its own “\/dev\/urandom”/)])
  })

  test('that make no sense are refused', () => {
    expect(errorsOf(readOne(web('volumes: [":/x", "a:b", "data:/..", "data:/", "nope:/data"]', 'volumes: {data: null}\n')))).toEqual([
      expect.stringContaining('volumes[0]: “:/x” is not a volume'), expect.stringContaining('volumes[1]: “b” must be a full path'),
      expect.stringContaining('volumes[2]: “/..” must be a full path'), expect.stringContaining('volumes[3]: A volume cannot take the place of the whole app'),
      expect.stringContaining('volumes[4]: There is no volume “nope”'),
    ])
  })
})
