// Resumable uploads of finished videos, with the tus protocol. After an interruption, also in a later visit, choosing the
// same file again continues where the upload ended.

import { DetailedError, Upload } from "tus-js-client";
import { UserError } from "../common/errors";
import { readStored, writeStored } from "../common/storage";
import { access } from "./auth";
import { GatewayError } from "./problem";

const PATH = "/v1/uploads";
/** Size of a request. After an interruption, at most this much is sent again. */
const CHUNK_BYTES = 8 * 1_024 * 1_024;
/** Delays before a request that failed is made again, in milliseconds. */
const RETRY_DELAYS_MS = [500, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000];
const UNPROCESSABLE = 422;

/** An upload that runs. */
export interface RunningUpload {
  /** Interrupts the upload. It continues when the same file is uploaded again. */
  pause(): Promise<void>;
  /** Ends the upload for good. The gateway removes what it has. */
  cancel(): Promise<void>;
}

export interface UploadOptions {
  readonly file: File;
  readonly stream: string;
  readonly title: string;
  /** Called with the bytes that have arrived, and whether the upload continues an earlier one. */
  readonly onProgress: (sentBytes: number, isResumed: boolean) => void;
  /** Called once the gateway has the whole file. `job` is the work that has begun, if the gateway names it. */
  readonly onDone: (job: string | null) => void;
  readonly onError: (error: UserError) => void;
}

/** What identifies a file for resuming: the stream is part of it, and where the file is on this device is not. */
export function fingerprintOf(file: Pick<File, "name" | "size" | "type" | "lastModified">, stream: string): string {
  return ["vilokanam.upload", stream, file.name, file.size, file.type, file.lastModified].join("/");
}

/** Where the id of an upload's job is remembered. */
const jobKey = (fingerprint: string) => `${fingerprint}/job`;

/** The error of a failed request. A problem document says what is wrong. */
export function uploadError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const hint = "Choose the same file again to continue the upload.";
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return new UserError("upload", "The upload was interrupted.", hint, { cause: error });
  const status = response.getStatus();
  try {
    const { code, detail, hint: advice } = JSON.parse(response.getBody());
    if (typeof code === "string" && typeof detail === "string")
      return new GatewayError({ code, status, detail, hint: typeof advice === "string" ? advice : hint });
  } catch {
    // Not a problem document.
  }
  return new GatewayError({
    code: `status-${status}`,
    status,
    detail: `The upload was refused with status ${status}.`,
    hint,
  });
}

/** Whether a request that failed is worth making again: unless the gateway has refused it for good. */
function isWorthRetrying(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
}

/** Adds the access token, which is renewed if necessary: an upload may take longer than it is valid. */
export async function authorise(request: { setHeader(name: string, value: string): void }): Promise<void> {
  const known = await access();
  if (known) request.setHeader("authorization", `Bearer ${known.token}`);
}

/** Starts an upload, or continues an earlier one of the same file. */
export async function startUpload(options: UploadOptions): Promise<RunningUpload> {
  const { file, stream, title } = options;
  const fingerprint = fingerprintOf(file, stream);
  let isResumed = false;
  const upload = new Upload(file, {
    endpoint: PATH,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    metadata: { stream, title, filename: file.name, filetype: file.type },
    fingerprint: async () => fingerprint,
    removeFingerprintOnSuccess: true,
    onBeforeRequest: authorise,
    onAfterResponse: (_, response) => {
      // Named only when an upload begins. An upload that continues in a later visit needs it, too.
      const job = response.getHeader("x-vilokanam-job");
      if (job) writeStored(jobKey(fingerprint), job);
    },
    onProgress: (sent) => options.onProgress(sent, isResumed),
    onShouldRetry: isWorthRetrying,
    onSuccess: () => {
      options.onDone(readStored(jobKey(fingerprint)));
      writeStored(jobKey(fingerprint), null);
    },
    onError: (error) => options.onError(uploadError(error)),
  });
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) {
    isResumed = true;
    upload.resumeFromPreviousUpload(earlier);
  }
  upload.start();
  return { pause: () => upload.abort(), cancel: () => upload.abort(true) };
}

/** Whether an error means that the gateway cannot read the file, so that another one has to be chosen. */
export const isUnreadable = (error: UserError) => error instanceof GatewayError && error.status === UNPROCESSABLE;
