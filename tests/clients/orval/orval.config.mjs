export default {
    berth: {
        input: "../openapi.json",
        output: {
            target: "generated/berth.ts",
            client: "fetch",
            clean: true,
            override: { mutator: { path: "berth-fetch.ts", name: "berthFetch" } },
        },
    },
};
