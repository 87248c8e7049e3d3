/** electron-updater in plain Node: what it needs of Electron, and its HTTP over Node's. */
import { request as requestHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configureRequestOptions, configureRequestUrl, type DownloadOptions, HttpExecutor } from 'builder-util-runtime'
import { AppImageUpdater } from 'electron-updater'

class NodeExecutor extends HttpExecutor<ClientRequest> {
  createRequest(options: RequestOptions, callback: (response: IncomingMessage) => void): ClientRequest {
    return requestHttp(options, callback)
  }

  download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    return options.cancellationToken.createPromise((resolve, reject, onCancel) => {
      const asked: RequestOptions = { headers: options.headers ?? undefined }
      configureRequestUrl(url, asked)
      configureRequestOptions(asked)
      this.doDownload(asked, { destination, options, onCancel, responseHandler: null, callback: (error: Error | null | undefined) => { if (error == null) resolve(destination); else reject(error) } }, 0)
    })
  }
}

/** @param folder of its own, for its caches. The file that it takes for the app is `$APPIMAGE`. */
export function plainAppImageUpdater(folder: string, version: string): AppImageUpdater {
  mkdirSync(join(folder, 'user'), { recursive: true })
  writeFileSync(join(folder, 'app-update.yml'), 'provider: generic\nurl: http://127.0.0.1:1/\nupdaterCacheDirName: depin-updater\n')
  const updater = new AppImageUpdater(null, {
    version, name: 'depin', isPackaged: true, userDataPath: join(folder, 'user'), baseCachePath: join(folder, 'cache'), appUpdateConfigPath: join(folder, 'app-update.yml'),
    whenReady: () => Promise.resolve(), relaunch: () => undefined, quit: () => undefined, onQuit: () => undefined,
  })
  Object.assign(updater, { httpExecutor: new NodeExecutor() })
  return updater
}
