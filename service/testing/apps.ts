import type { App, AppService } from '../../contract/wire/v1/app.ts'

/** A service with nothing special about it. */
export function appService(overrides: Partial<AppService> = {}): AppService {
  return {
    name: 'web', image: 'nginx:1', source: null, platform: null, entrypoint: null, command: null, env: {}, workingDir: null, user: null, hostname: null, aliases: [], ports: [80],
    volumes: [], tmpfs: [], files: [], dependsOn: [], healthcheck: null, restart: { mode: 'always', maxAttempts: null }, init: true, tty: false, stdinOpen: false,
    stopSignal: null, stopGraceMs: 1000, shmMiB: null, cpuMilli: 100, memoryMiB: 64, diskMiB: 10, pids: 32, ...overrides,
  }
}

export function appOf(...services: AppService[]): App {
  return {
    version: 1,
    services: services.length === 0 ? [appService()] : services,
    volumes: [...new Set(services.flatMap((service) => service.volumes.map((mount) => mount.volume)))],
    egress: { tier: 'none' },
    isolation: null,
  }
}
