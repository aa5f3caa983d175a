"""XilnexAuth for HTTP libraries: `xilnex_auth.integrations.requests`, `.httpx` and `.aiohttp`.

Each imports its library, which has to be installed; nothing here is imported by xilnex_auth itself.
"""
