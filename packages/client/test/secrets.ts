/** Secrets that a server may echo. */
export const signature = "5ca1ab1e0ddba11f00d"
export const signedUrl = `https://bucket.test/runs/a.zip?X-Amz-Date=20260101&X-Amz-Signature=${signature}&x=1`
