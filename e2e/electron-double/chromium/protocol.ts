/** The part of the Chrome DevTools Protocol that the stand-in speaks: results that it reads, and events. */
export interface Results {
  'Browser.getWindowForTarget': { windowId: number }
  'Page.captureScreenshot': { data: string }
  'Page.printToPDF': { data: string }
  'Page.navigate': { errorText?: string, loaderId?: string }
  'Page.getNavigationHistory': { currentIndex: number, entries: { id: number, url: string, title: string }[] }
  'Runtime.evaluate': { result: { value?: unknown }, exceptionDetails?: { text: string, exception?: { description?: string } } }
  'Target.createTarget': { targetId: string }
}

export interface Frame { id: string, parentId?: string, url: string, urlFragment?: string }
export interface Header { name: string, value: string }

export interface RequestPaused {
  requestId: string
  request: { url: string, method: string, headers: Record<string, string>, postData?: string }
  frameId: string
  resourceType: string
  redirectedRequestId?: string
  /** Only of a response. */
  responseStatusCode?: number
  responseHeaders?: Header[]
  responseErrorReason?: string
}

export interface Download { frameId: string, guid: string, url: string, suggestedFilename: string }

export interface Events {
  'Browser.downloadWillBegin': Download
  'Fetch.requestPaused': RequestPaused
  'Inspector.targetCrashed': object
  'Page.domContentEventFired': object
  'Page.frameNavigated': { frame: Frame }
  'Page.frameStartedLoading': { frameId: string }
  'Page.frameStoppedLoading': { frameId: string }
  'Page.loadEventFired': object
  'Page.navigatedWithinDocument': { frameId: string, url: string }
  'Runtime.bindingCalled': { name: string, payload: string, executionContextId: number }
  'Runtime.consoleAPICalled': { type: string, args: { value?: unknown, description?: string }[], stackTrace?: { callFrames: { url: string, lineNumber: number }[] } }
  'Runtime.executionContextCreated': { context: { id: number, name: string, auxData: { frameId: string } } }
  'Runtime.executionContextDestroyed': { executionContextId: number }
  'Target.attachedToTarget': { sessionId: string, targetInfo: { targetId: string, type: string, openerId?: string } }
}

export type ProtocolEvent = { [M in keyof Events]: { method: M, params: Events[M] } }[keyof Events]
