/** Where one test's app keeps everything. */
export interface Place {
  folder: string
  dataDir: string
  userData: string
  config: string
  env: Record<string, string>
}
