package client

type keyCache struct{}
