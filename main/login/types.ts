export interface LoginItem {
  isOn(): boolean
  set(on: boolean): void
}

export interface LoginItemDeps {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  home: string
  /** The program and its arguments that start this app. */
  command: readonly string[]
  name: string
}
