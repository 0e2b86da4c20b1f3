"""Events: what happened to licences, cases, waivers and corrections, told to who may hear it."""
