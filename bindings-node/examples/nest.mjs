// A provider of NestJS: one client for the application, and a service that is given a fetch function with tokens.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client, authFetch } from 'xilnex-auth';

const address = process.env.API_URL ?? 'https://api.example.com';

class StockService {
  constructor(api) {
    this.api = api;
  }

  async rows() {
    const answer = await this.api(`${address}/data`);
    return (await answer.json()).rows;
  }
}

class StockModule {
  constructor(client) {
    this.client = client;
  }

  onApplicationShutdown() {
    this.client.close();
  }
}

// In TypeScript these are decorators.
Reflect.defineMetadata('design:paramtypes', [Client], StockModule);
Module({
  providers: [
    { provide: Client, useFactory: () => new Client() },
    {
      provide: StockService,
      inject: [Client],
      useFactory: (client) => new StockService(authFetch(client, { origins: [address] })),
    },
  ],
  exports: [StockService],
})(StockModule);

const application = await NestFactory.createApplicationContext(StockModule, { logger: ['error'] });
console.log('rows:', (await application.get(StockService).rows()).length);
await application.close();
