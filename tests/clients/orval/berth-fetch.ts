// Sends the requests of the generated client to one server with one API key.

/** Sends a request, and returns what the generated functions return: the status, the headers and the decoded body. */
export async function berthFetch<Result>(path: string, init: RequestInit): Promise<Result> {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${process.env["BERTH_KEY"]}`);
    const response = await fetch(`${process.env["BERTH_URL"]}${path}`, { ...init, headers });
    const text = await response.text();
    const isJson = /[/+]json(;|$)/.test(response.headers.get("Content-Type") ?? "");
    return { status: response.status, headers: response.headers, data: isJson ? JSON.parse(text) : text } as Result;
}
